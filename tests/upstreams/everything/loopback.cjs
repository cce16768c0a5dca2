// Preloaded into server-everything (`node --require`), which by itself listens on every interface and
// answers `get-env` to whoever asks. Here it listens on 127.0.0.1 only, on a free port when PORT is 0,
// says so in one line (`listening on 127.0.0.1:PORT`), and ends with its standard input when that is a pipe.
const { fstatSync } = require("node:fs");
const { Server } = require("node:net");

const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  this.once("listening", () => console.log(`listening on 127.0.0.1:${this.address().port}`));
  return listen.call(this, Number(port), "127.0.0.1", ...rest);
};

if (fstatSync(0).isFIFO()) {
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
}
