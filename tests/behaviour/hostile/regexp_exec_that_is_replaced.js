// ends: compute memory
const r = /a/g;
r.exec = () => ({ index: 0, length: 1, 0: '' });
return 'a'.replace(r, 'b');
