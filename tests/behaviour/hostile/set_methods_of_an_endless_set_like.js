// ends: compute memory runtime
return new Set([1]).union({ size: Infinity, has: () => true, keys: () => ({ next: () => ({ value: {}, done: false }) }) });
