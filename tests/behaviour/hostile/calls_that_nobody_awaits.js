// ends: calls runtime value compute
for (let i = 0; i < 100000; i++) tools.up.echo({ i });
return 'done';
