// Calls one tool through `@modelcontextprotocol/sdk`: `node sdk.mjs URL TOOL ARGUMENTS`.
// Prints one JSON object: the negotiated protocol version, the tools' names, and the CallToolResult.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, tool, args] = process.argv.slice(2);
const client = new Client({ name: "sdk", version: "1" });
const transport = new StreamableHTTPClientTransport(new URL(url));
await client.connect(transport);
const { tools } = await client.listTools();
const result = await client.callTool({ name: tool, arguments: JSON.parse(args) });
console.log(JSON.stringify({ protocolVersion: transport.protocolVersion, tools: tools.map((t) => t.name), result }));
await client.close();
