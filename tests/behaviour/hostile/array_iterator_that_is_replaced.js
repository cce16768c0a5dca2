// ends: compute memory
Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ value: 1, done: false });
return [...[1]];
