// ends: memory runtime value
const b = new ArrayBuffer(8, { maxByteLength: 2 ** 30 });
b.resize(2 ** 30);
return b.byteLength;
