// ends: stack arguments
let o = {};
for (let i = 0; i < 100000; i++) o = { o };
return await tools.up.echo(o);
