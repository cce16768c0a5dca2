// ends: value compute
const text = '1970-01-01' + ' '.repeat(1000000);
let n = 0;
for (let i = 0; i < 2000; i++) n += Date.parse(text) || 0;
return n;
