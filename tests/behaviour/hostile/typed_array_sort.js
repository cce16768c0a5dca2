// ends: compute value
const a = new Float64Array(200000).map((_, i) => (i * 7919) % 200003);
for (let i = 0; i < 1000; i++) a.sort((x, y) => y - x);
return a[0];
