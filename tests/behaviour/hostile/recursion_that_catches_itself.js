// ends: stack compute value
const f = () => {
    try {
        return f();
    } catch {
        return f();
    }
};
return f();
