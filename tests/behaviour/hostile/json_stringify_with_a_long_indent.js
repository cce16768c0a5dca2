// ends: value memory compute
let o = 1;
for (let i = 0; i < 500; i++) o = [o];
let n = 0;
for (let i = 0; i < 100000; i++) n += JSON.stringify(o, null, 10).length;
return n;
