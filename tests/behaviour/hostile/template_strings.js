// ends: memory compute runtime
let s = 'x';
for (;;) s = `${s}${s}${s}`;
