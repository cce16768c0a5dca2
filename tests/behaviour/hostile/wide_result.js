// ends: compute memory result value
let o = { a: 1 };
for (let i = 0; i < 40; i++) o = { l: o, r: o };
return o;
