// ends: compute memory runtime value
class Loop extends Array {
    static get [Symbol.species]() {
        return function (n) { return new Proxy([], { defineProperty() { for (;;); } }); };
    }
}
return Loop.from([1, 2, 3]).map((x) => x);
