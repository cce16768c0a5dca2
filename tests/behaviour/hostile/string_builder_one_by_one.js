// ends: compute memory
let s = '';
for (;;) s += 'x' + s.length;
