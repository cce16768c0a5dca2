// The client of the suite's client scenarios: the gateway. Registers the URL that the suite gives as an upstream,
// lists its tools and calls them from a script, as an agent would: client-driver.mjs URL
//
// A script cannot be asked for input, so the scenarios about that run through the pass-through, with a real client
// before it. Arguments that a scenario prescribes go out as they are, without Code Mode's check of them.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const url = process.argv[2];
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
const project = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "bobbin-conformance-"));
const servers = join(scratch, "servers.json");
writeFileSync(servers, JSON.stringify({ mcpServers: { upstream: { url } } }));

const gateway = spawn(
  join(project, "target/release/bobbin"),
  ["up", "--manifest", join(project, "spin.toml"), "--listen", "127.0.0.1:0", "--servers", servers, "--state", scratch],
  { stdio: ["ignore", "pipe", "inherit"] },
);
try {
  await run(await listening());
} finally {
  gateway.kill();
  rmSync(scratch, { recursive: true, force: true });
}

/** The address of the gateway, once it is there. */
async function listening() {
  let text = "";
  for await (const chunk of gateway.stdout) {
    text += chunk;
    const address = /listens on (\S+)/.exec(text);
    if (address) return address[1];
  }
  throw new Error("the gateway did not start");
}

async function run(gatewayUrl) {
  if (/^(elicitation|sep-2322)/.test(process.env.MCP_CONFORMANCE_SCENARIO)) return answering(`${gatewayUrl}/mcp/upstream`);
  const { tools } = await request(`${gatewayUrl}/mcp?mode=direct`, "tools/list", {});
  const plain = tools.map((tool) => ({ ...tool, name: tool.name.replace(/^upstream__/, "") }));
  const calls = context.toolCalls ?? plain.map((tool) => ({ name: tool.name, arguments: example(tool.inputSchema, plain) }));
  for (const call of calls) {
    if (context.toolCalls) {
      await request(`${gatewayUrl}/mcp?mode=direct`, "tools/call", { ...call, name: `upstream__${call.name}` });
      continue;
    }
    const code = `return await tools.upstream[${JSON.stringify(call.name)}](${JSON.stringify(call.arguments)})`;
    const result = await request(`${gatewayUrl}/mcp`, "tools/call", { name: "execute_code", arguments: { code } });
    console.log(call.name, JSON.stringify(result.structuredContent));
  }
}

/** Calls every tool with a client that accepts whatever it is asked, with the defaults. */
async function answering(endpoint) {
  const isModern = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION === "2026-07-28";
  const { client, transport } = isModern ? await modernClient(endpoint) : await legacyClient(endpoint);
  await client.connect(transport);
  const { tools } = await client.listTools();
  // The client refuses one of the results on purpose; the suite looks at what it sent.
  await Promise.allSettled(tools.map((tool) => client.callTool({ name: tool.name, arguments: {} })));
  await client.close();
}

async function modernClient(endpoint) {
  const { Client, StreamableHTTPClientTransport } = await import(clients("client", "dist/index.mjs"));
  const options = { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: "auto" } };
  const client = new Client({ name: "client", version: "1" }, options);
  client.setRequestHandler("elicitation/create", async () => ({ action: "accept", content: { confirmed: true } }));
  return { client, transport: new StreamableHTTPClientTransport(new URL(endpoint)) };
}

async function legacyClient(endpoint) {
  const { Client } = await import(clients("sdk", "dist/esm/client/index.js"));
  const { StreamableHTTPClientTransport } = await import(clients("sdk", "dist/esm/client/streamableHttp.js"));
  const { ElicitRequestSchema } = await import(clients("sdk", "dist/esm/types.js"));
  const capabilities = { elicitation: { form: { applyDefaults: true } } };
  const client = new Client({ name: "sdk", version: "1" }, { capabilities });
  client.setRequestHandler(ElicitRequestSchema, async () => ({ action: "accept", content: {} }));
  return { client, transport: new StreamableHTTPClientTransport(new URL(endpoint)) };
}

/** A file of one of the clients that the end-to-end tests have. */
function clients(name, file) {
  return join(project, "tests/clients/javascript/node_modules/@modelcontextprotocol", name, file);
}

async function request(endpoint, method, params) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const message = await read(response);
  if (message.error) throw new Error(`${method}: ${JSON.stringify(message.error)}`);
  return message.result;
}

/** The message of an answer. One that takes longer than a moment comes as an event. */
async function read(response) {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return response.json();
  const data = (await response.text()).split("\n").filter((line) => line.startsWith("data: "));
  return JSON.parse(data.at(-1).slice("data: ".length));
}

/** Arguments that fit a schema; a tool that takes a schema gets that of another tool. */
function example(schema, tools) {
  const values = { number: 5, integer: 5, string: "text", boolean: true, array: [], object: {} };
  const entries = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const other = name === "schema" && tools.find((tool) => !tool.inputSchema.properties?.schema);
    return [name, other ? other.inputSchema : (property.enum?.[0] ?? values[property.type] ?? "text")];
  });
  return Object.fromEntries(entries);
}
