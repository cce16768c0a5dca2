// ends: compute memory
const registry = new FinalizationRegistry(() => { for (;;); });
for (;;) registry.register({}, 1);
