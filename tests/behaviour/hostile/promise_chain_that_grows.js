// ends: memory compute
let p = Promise.resolve();
for (;;) p = p.then(() => 1);
