// ends: compute
const a = new Float64Array(200000);
for (;;) {
    for (let i = 0; i < 10; i++) a[i] = -i;
    a.sort();
}
