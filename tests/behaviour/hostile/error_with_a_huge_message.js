// ends: runtime memory
throw new Error('x'.repeat(3000000));
