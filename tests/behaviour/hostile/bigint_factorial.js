// ends: compute memory runtime
let n = 1n;
for (let i = 1n; ; i++) n *= i;
