// ends: compute memory
async function* all() {
    for (;;) yield 1;
}
const kept = [];
for await (const x of all()) kept.push(x);
