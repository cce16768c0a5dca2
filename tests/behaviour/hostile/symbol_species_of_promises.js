// ends: runtime value unsettled
class P extends Promise {
    static get [Symbol.species]() { return function (executor) { executor(() => {}, () => {}); }; }
}
await P.resolve(1).then(() => 2);
return 1;
