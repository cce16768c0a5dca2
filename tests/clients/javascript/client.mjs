// Calls one tool through `@modelcontextprotocol/client`, which negotiates the era: `node client.mjs URL TOOL ARGUMENTS`.
// Prints one JSON object: the negotiated protocol version, the tools' names, and the CallToolResult.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, tool, args] = process.argv.slice(2);
const client = new Client({ name: "client", version: "1" }, { versionNegotiation: { mode: "auto" } });
await client.connect(new StreamableHTTPClientTransport(new URL(url)));
const { tools } = await client.listTools();
const result = await client.callTool({ name: tool, arguments: JSON.parse(args) });
console.log(
  JSON.stringify({ protocolVersion: client.getNegotiatedProtocolVersion(), tools: tools.map((t) => t.name), result }),
);
await client.close();
