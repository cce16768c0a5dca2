// ends: syntax
}); globalThis.evil = 1; (async () => {
