// ends: memory
const all = [];
for (;;) all.push(new Float64Array(100000));
