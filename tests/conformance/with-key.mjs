// Passes everything on to a gateway with a key, since the conformance suite shows none: `node with-key.mjs GATEWAY KEY`.
// Listens on a free port of 127.0.0.1, and says so (`listening on ADDRESS`).
import { createServer, request } from "node:http";

const [gateway, key] = process.argv.slice(2);
const { hostname, port } = new URL(gateway);

const server = createServer((asked, answer) => {
  const { method, url: path } = asked;
  const headers = { ...asked.headers, authorization: `Bearer ${key}` };
  const passed = request({ hostname, port, method, path, headers }, (answered) => {
    answer.writeHead(answered.statusCode, answered.headers);
    answer.flushHeaders();
    answered.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  answer.on("close", () => passed.destroy());
  asked.pipe(passed);
});
server.listen(0, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${server.address().port}`));
