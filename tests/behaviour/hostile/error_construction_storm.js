// ends: compute memory
const all = [];
for (;;) all.push(new Error('x'));
