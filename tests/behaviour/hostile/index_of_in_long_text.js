// ends: compute
const text = 'a'.repeat(1000000), part = 'a'.repeat(500000) + 'b';
let n = 0;
for (;;) n += text.indexOf(part);
