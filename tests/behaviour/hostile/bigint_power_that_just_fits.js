// ends: memory compute runtime value
let n = 7n ** 200000n;
for (let i = 0; i < 1000; i++) n = (n * n) % (7n ** 200001n);
return String(n).length;
