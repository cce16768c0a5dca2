// ends: calls runtime value
const again = () => tools.up.echo({}).then(again);
again();
return 'early';
