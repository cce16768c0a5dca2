// ends: compute memory
function* all() {
    for (let i = 0; ; i++) yield i;
}
return [...all()];
