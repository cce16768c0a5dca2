// ends: compute memory
const text = '[' + '1,'.repeat(10000) + '1]';
for (;;) JSON.parse(text, (key, value) => value);
