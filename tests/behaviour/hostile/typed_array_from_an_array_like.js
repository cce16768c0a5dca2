// ends: memory runtime compute
return Uint8Array.from({ length: 2 ** 40 }).length;
