// ends: memory compute
let f = () => 0;
for (;;) {
    const g = f;
    f = () => g;
}
