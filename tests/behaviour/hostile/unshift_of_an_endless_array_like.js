// ends: compute memory runtime
return Array.prototype.unshift.call({ length: 2 ** 53 - 3, 0: 1 }, 1);
