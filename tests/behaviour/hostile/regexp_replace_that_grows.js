// ends: compute memory runtime
let s = 'a';
for (;;) s = s.replace(/a/g, 'aa');
