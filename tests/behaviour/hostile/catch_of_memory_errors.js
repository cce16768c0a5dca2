// ends: memory compute
const kept = [];
for (;;) {
    try {
        kept.push(new Array(100000).fill(kept.length));
    } catch {}
}
