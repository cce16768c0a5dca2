// ends: stack
function* f() {
    yield* f();
}
return [...f()];
