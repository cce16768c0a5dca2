// ends: stack compute memory
let deepest = '';
const f = () => {
    deepest = new Error('x').stack;
    f();
};
f();
