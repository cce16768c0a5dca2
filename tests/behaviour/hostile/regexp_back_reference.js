// ends: compute
return /^(a*)(a*)(a*)(a*)(a*)\1\2\3\4\5b$/.test('a'.repeat(120));
