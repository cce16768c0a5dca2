// ends: runtime value
Object.defineProperty(Promise.prototype, 'constructor', { get() { throw new Error('constructor'); } });
return await tools.up.echo({});
