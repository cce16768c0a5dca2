// ends: value runtime
console.log({ get a() { throw new Error('a'); } }, new Proxy({}, { get() { throw 1; }, ownKeys() { throw 2; } }));
return 1;
