// ends: compute memory
const text = 'ä'.repeat(200000);
for (;;) decodeURIComponent(encodeURIComponent(text));
