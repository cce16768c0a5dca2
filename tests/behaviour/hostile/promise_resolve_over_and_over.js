// ends: compute memory unsettled
const thenable = { then(done) { done(thenable); } };
await thenable;
