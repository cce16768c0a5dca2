// ends: compute
return /^(a|aa|aaa)+$/.test('a'.repeat(80) + '!');
