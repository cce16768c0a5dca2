// ends: compute memory calls runtime
const all = [];
for (;;) all.push(tools.nope.nothing({}).catch(() => {}));
