// ends: memory runtime
return 'x'.padStart(2 ** 29, 'y');
