// ends: compute memory
let o = { a: 1 };
for (let i = 0; i < 40; i++) o = { l: o, r: o };
return JSON.stringify(o).length;
