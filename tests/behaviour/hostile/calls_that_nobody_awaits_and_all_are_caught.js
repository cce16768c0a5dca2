// ends: value compute memory
for (let i = 0; i < 100000; i++) tools.up.echo({ i }).catch(() => {});
return 'done';
