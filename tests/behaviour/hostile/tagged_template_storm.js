// ends: compute memory
const tag = (parts) => parts;
const all = new Set();
for (;;) all.add(tag`a${1}b`), all.add({});
