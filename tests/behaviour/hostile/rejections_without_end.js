// ends: runtime compute memory
for (let i = 0; i < 100000; i++) Promise.reject(i);
return 1;
