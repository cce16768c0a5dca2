// ends: memory runtime compute
return String(1n << (1n << 40n)).length;
