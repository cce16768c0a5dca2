// ends: value runtime result
Object.defineProperty(Array.prototype, 0, { get() { throw new Error('0'); }, set() {}, configurable: true });
return [await tools.up.echo({}), , 1];
