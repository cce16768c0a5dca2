// ends: value runtime
const b = new ArrayBuffer(8);
const view = new DataView(b);
const moved = b.transfer?.() ?? b;
try {
    view.getInt8({ valueOf() { return 0; } });
} catch {}
return moved.byteLength;
