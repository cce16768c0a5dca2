// ends: stack runtime compute
const p = new Proxy({}, { getPrototypeOf: () => p });
return p instanceof Map || Object.prototype.isPrototypeOf.call(p, p);
