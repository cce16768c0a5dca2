// ends: compute memory
const s = 'a,'.repeat(100000);
for (;;) s.split(/,/);
