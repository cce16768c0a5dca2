// ends: memory compute runtime
let s = 'aaaa';
for (let i = 0; i < 30; i++) s = s.replaceAll('a', 'aaaa');
return s.length;
