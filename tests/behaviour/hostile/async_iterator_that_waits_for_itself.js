// ends: unsettled
const g = (async function* () {
    await g.next();
    yield 1;
})();
await g.next();
