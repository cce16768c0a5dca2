// ends: memory compute runtime
return String(2n ** 2n ** 40n);
