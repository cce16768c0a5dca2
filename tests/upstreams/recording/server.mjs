// A server on the TypeScript SDK with the tools `read` and `wipe`, each of which writes its name to the file RECORD when
// it runs. Listens on a free port of 127.0.0.1, says so (`listening on ADDRESS`), and ends with its standard input.
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The SDK is that of the clients.
const { resolve } = createRequire(new URL("../../clients/javascript/package.json", import.meta.url));
const sdk = (path) => import(pathToFileURL(resolve(`@modelcontextprotocol/sdk/${path}`)));
const { Server } = await sdk("server/index.js");
const { StreamableHTTPServerTransport } = await sdk("server/streamableHttp.js");
const { CallToolRequestSchema, ListToolsRequestSchema } = await sdk("types.js");

const tools = ["read", "wipe"].map((name) => ({ name, inputSchema: { type: "object" } }));
const sessions = new Map();

const begin = async () => {
  const server = new Server({ name: "recording", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, ({ params: { name } }) => {
    if (!tools.some((tool) => tool.name === name)) throw new Error(`Unknown tool: ${name}`);
    appendFileSync(process.env.RECORD, `${name}\n`);
    return { content: [{ type: "text", text: name }] };
  });
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (id) => sessions.set(id, transport),
  });
  await server.connect(transport);
  return transport;
};

const server = createServer(async (request, response) => {
  const transport = sessions.get(request.headers["mcp-session-id"]) ?? (await begin());
  await transport.handleRequest(request, response);
});
server.listen(0, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${server.address().port}`));
process.stdin.resume().on("end", () => process.exit(0));
