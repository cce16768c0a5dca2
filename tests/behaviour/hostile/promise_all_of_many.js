// ends: memory compute value
return (await Promise.all(Array.from({ length: 100000 }, async (_, i) => i))).length;
