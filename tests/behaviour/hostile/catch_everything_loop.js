// ends: compute
for (;;) {
    try {
        for (;;) {}
    } catch {
        continue;
    } finally {
        continue;
    }
}
