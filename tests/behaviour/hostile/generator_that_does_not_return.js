// ends: value
function* f() {
    for (;;) {
        try {
            yield 1;
        } finally {
            continue;
        }
    }
}
for (const x of f()) break;
