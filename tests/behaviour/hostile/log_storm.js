// ends: compute value memory
for (let i = 0; ; i++) console.log('line', i, { i });
