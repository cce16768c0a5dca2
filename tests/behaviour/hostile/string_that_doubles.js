// ends: memory runtime
let s = 'ab';
for (;;) s += s;
