// ends: runtime
const e = new Error('e');
e.cause = e;
console.error(e);
throw e;
