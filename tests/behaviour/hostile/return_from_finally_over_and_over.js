// ends: compute
const f = () => {
    try {
        throw 1;
    } finally {
        return f;
    }
};
let g = f;
for (;;) g = g();
