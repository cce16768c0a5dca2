// ends: compute memory
const text = '9'.repeat(38000);
let n = 0n;
for (;;) n ^= BigInt(text);
