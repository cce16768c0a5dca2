// ends: compute stack memory result
return new Proxy({}, {
    ownKeys: () => Array.from({ length: 1000 }, (_, i) => 'k' + i),
    getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
    get: (target, key, self) => self,
});
