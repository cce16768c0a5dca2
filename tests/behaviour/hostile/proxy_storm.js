// ends: compute memory
const p = new Proxy({}, { get: (target, key, self) => self, has: () => true, ownKeys: () => ['a'] });
for (;;) p.a.b.c.d;
