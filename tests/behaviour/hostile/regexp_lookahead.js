// ends: compute
return /^(?=(a+)+b)a+$/.test('a'.repeat(40));
