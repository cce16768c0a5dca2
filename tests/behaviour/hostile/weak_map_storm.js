// ends: compute memory
const w = new WeakMap();
for (;;) w.set({}, { w });
