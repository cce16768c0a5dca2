// ends: value compute memory
const o = {};
for (let i = 0; i < 20000; i++) o['k' + i] = { i, o };
console.log(o);
console.log('x'.repeat(1000000));
return 1;
