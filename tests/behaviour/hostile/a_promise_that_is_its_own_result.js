// ends: runtime unsettled
let resolve;
const p = new Promise((done) => { resolve = done; });
resolve(p);
return p;
