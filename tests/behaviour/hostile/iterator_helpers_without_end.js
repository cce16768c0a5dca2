// ends: compute memory
function* all() {
    for (;;) yield 1;
}
if (!all().map) for (;;);
return all().map((x) => x).filter(() => false).toArray();
