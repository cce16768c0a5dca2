// ends: compute memory
const [a, ...rest] = { [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }) }) };
return rest.length;
