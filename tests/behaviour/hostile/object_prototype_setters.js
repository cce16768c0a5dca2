// ends: value runtime
for (const key of ['a', 'then', 'value', 'done', 'length', '0']) {
    Object.defineProperty(Object.prototype, key, Object.assign(Object.create(null), { set() { throw new Error(key); }, configurable: true }));
}
return await tools.up.echo({});
