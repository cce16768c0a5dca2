// ends: value memory arguments tool compute
return (await tools.up.echo({ text: 'x'.repeat(3000000) })).text.length;
