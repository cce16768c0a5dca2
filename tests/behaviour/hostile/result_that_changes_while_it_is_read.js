// ends: compute memory result value stack
const list = [];
const item = { get more() { list.push(item, item); return list.length; } };
list.push(item);
return list;
