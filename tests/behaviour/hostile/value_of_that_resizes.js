// ends: value runtime
const b = new ArrayBuffer(1000, { maxByteLength: 1000 });
const view = new Uint8Array(b);
view.fill({ valueOf() { b.resize(0); return 1; } });
return view.length;
