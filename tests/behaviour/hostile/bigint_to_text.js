// ends: compute memory
const n = 1n << 131000n;
let length = 0;
for (;;) length += n.toString(10).length;
