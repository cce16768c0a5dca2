// ends: value syntax runtime memory compute stack
return new RegExp('(a|b)'.repeat(100000)).test('ab');
