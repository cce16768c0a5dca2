// ends: unsettled
const a = (async () => { await null; return b; })();
const b = (async () => { await null; return a; })();
return await a;
