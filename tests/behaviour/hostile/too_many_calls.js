// ends: calls
for (let i = 0; ; i++) await tools.up.echo({ i });
