// ends: compute memory
const storm = async () => {
    await null;
    storm();
    storm();
};
await storm();
await new Promise(() => {});
