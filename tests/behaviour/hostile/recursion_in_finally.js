// ends: stack compute memory value
const f = () => {
    try {
        f();
    } finally {
        f();
    }
};
f();
