// ends: compute
for (;;) {
    try {
        await tools.up.echo({});
    } catch {}
}
