// ends: memory runtime
return 'x'.repeat(2 ** 29);
