// ends: value runtime unsettled
Promise.prototype.then = function () { return this; };
await tools.up.echo({});
return 'after';
