// ends: runtime syntax
const os = await import('qjs:os');
return os.readdir('/');
