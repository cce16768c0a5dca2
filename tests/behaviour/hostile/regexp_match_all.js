// ends: compute memory
const all = [];
for (;;) all.push(...'a'.repeat(10000).matchAll(/a/g));
