// ends: compute
const text = 'ß'.repeat(500000);
for (;;) text.toUpperCase();
