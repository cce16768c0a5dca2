// Uses everything that both eras have: `node tour.mjs CLIENT URL PLAN`. CLIENT is `sdk` (`@modelcontextprotocol/sdk`, the
// legacy era) or `pinned` (`@modelcontextprotocol/client`, 2026-07-28 or nothing). PLAN is JSON: the parameters of
// `call`, `read`, `prompt` and `complete`. Prints one JSON object: the negotiated version, the names in each list, and
// the results.
import * as modern from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [kind, url, plan] = process.argv.slice(2);
const { call, read, prompt, complete } = JSON.parse(plan);
const info = { name: "tour", version: "1" };
const isLegacy = kind === "sdk";
const client = isLegacy
  ? new LegacyClient(info)
  : new modern.Client(info, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
const transport = new (isLegacy ? LegacyTransport : modern.StreamableHTTPClientTransport)(new URL(url));
await client.connect(transport);
const seen = {
  tools: (await client.listTools()).tools.map((tool) => tool.name),
  called: await client.callTool(call),
  resources: (await client.listResources()).resources.map((resource) => resource.uri),
  templates: (await client.listResourceTemplates()).resourceTemplates.map((template) => template.uriTemplate),
  read: await client.readResource(read),
  prompts: (await client.listPrompts()).prompts.map((prompt) => prompt.name),
  prompted: await client.getPrompt(prompt),
  completed: await client.complete(complete),
};
const protocolVersion = isLegacy ? transport.protocolVersion : client.getNegotiatedProtocolVersion();
console.log(JSON.stringify({ protocolVersion, ...seen }));
await client.close();
