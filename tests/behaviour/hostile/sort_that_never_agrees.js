// ends: value compute
const a = Array.from({ length: 300000 }, (_, i) => i);
a.sort(() => 1);
return a.length;
