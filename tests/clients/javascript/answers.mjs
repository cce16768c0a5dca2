// Calls tools that ask the client: `node answers.mjs URL CALLS`, through `@modelcontextprotocol/client`, which negotiates
// the era. CALLS is a JSON array of the parameters of `tools/call`. Its model says "sampled", its user's name is Ada.
// Prints one JSON object: the negotiated protocol version, and the results.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, calls] = process.argv.slice(2);
const client = new Client(
  { name: "answers", version: "1" },
  { versionNegotiation: { mode: "auto" }, capabilities: { sampling: {}, elicitation: {} } },
);
client.setRequestHandler("sampling/createMessage", async () => ({
  model: "none",
  role: "assistant",
  content: { type: "text", text: "sampled" },
}));
client.setRequestHandler("elicitation/create", async () => ({ action: "accept", content: { name: "Ada" } }));
await client.connect(new StreamableHTTPClientTransport(new URL(url)));
const results = [];
for (const call of JSON.parse(calls)) results.push(await client.callTool(call));
console.log(JSON.stringify({ protocolVersion: client.getNegotiatedProtocolVersion(), results }));
await client.close();
