// ends: compute
function f() {
    for (;;) {
        try {
            return f2();
        } finally {
            continue;
        }
    }
}
function f2() {
    while (true) {}
}
return f();
