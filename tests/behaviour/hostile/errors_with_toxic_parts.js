// ends: runtime compute
throw Object.defineProperties(new Error('x'), {
    message: { get() { for (;;); } },
    name: { get() { throw 1; } },
    stack: { get() { throw 2; } },
});
