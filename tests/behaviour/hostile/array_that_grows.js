// ends: memory compute
const all = [];
for (;;) all.push({ all });
