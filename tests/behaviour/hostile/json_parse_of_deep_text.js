// ends: stack syntax runtime
return JSON.parse('['.repeat(1000000));
