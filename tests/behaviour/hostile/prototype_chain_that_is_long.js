// ends: value stack compute memory
let o = {};
for (let i = 0; i < 300000; i++) o = Object.create(o);
let n = 0;
for (let i = 0; i < 1000; i++) n += o.missing ? 1 : 0;
return n;
