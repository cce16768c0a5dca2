// ends: compute value
const again = () => { Promise.resolve().then(again); };
again();
return 'early';
