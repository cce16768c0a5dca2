// ends: value memory arguments tool
return (await tools.up.echo({ text: 'x'.repeat(3000000) })).text.length;
