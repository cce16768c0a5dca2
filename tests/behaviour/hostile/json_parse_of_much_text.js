// ends: compute memory
const text = JSON.stringify(Array.from({ length: 10000 }, (_, i) => ({ i })));
const all = [];
for (;;) all.push(JSON.parse(text));
