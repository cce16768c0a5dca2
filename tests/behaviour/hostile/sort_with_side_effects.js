// ends: value compute memory
const a = Array.from({ length: 1000 }, (_, i) => i);
a.sort(() => { a.length = 0; a.push(1, 2, 3); return Math.random() - 0.5; });
return a.length;
