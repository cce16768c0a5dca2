// ends: compute
const a = 'x'.repeat(4000000) + 'a', b = 'x'.repeat(4000000) + 'b';
let n = 0;
for (;;) n += a < b ? 1 : 0;
