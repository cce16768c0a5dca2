// ends: memory compute runtime
let a = [1, 2, 3, 4];
for (;;) a = [a, a, a, a].flat();
