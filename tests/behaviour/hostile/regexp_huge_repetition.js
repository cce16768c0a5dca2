// ends: syntax runtime value compute memory
return new RegExp('(?:a{65535}){65535}').test('a');
