// An authorization server (oidc-provider) on a free port of 127.0.0.1, for client credentials: `with-secret` signs in
// with a secret (client_secret_basic), `with-key` with an assertion (private_key_jwt, its public key in PEM is the
// argument), and `resource` may introspect tokens (RFC 7662). Says `listening on ADDRESS`, counts token requests at
// GET /counts, and ends with its standard input.
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const clients = (publicKey) => {
  const own = { grant_types: ["client_credentials"], redirect_uris: [], response_types: [], scope: "tools:call" };
  const secret = { token_endpoint_auth_method: "client_secret_basic", client_secret: process.env.CLIENT_SECRET };
  return [
    { ...own, ...secret, client_id: "with-secret" },
    { ...own, token_endpoint_auth_method: "private_key_jwt", client_id: "with-key", jwks: { keys: [publicKey] } },
    { ...own, ...secret, client_id: "resource", client_secret: "of-the-resource" },
  ];
};

const counts = { issued: 0, refused: 0 };
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const publicKey = createPublicKey(readFileSync(process.argv[2])).export({ format: "jwk" });
  const provider = new Provider(issuer, {
    clients: clients({ ...publicKey, use: "sig" }),
    scopes: ["tools:call"],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({ scope: "tools:call", audience: resource, accessTokenTTL: 3600 }),
      },
    },
  });
  provider.on("grant.success", () => (counts.issued += 1));
  provider.on("grant.error", () => (counts.refused += 1));
  const answer = provider.callback();
  server.on("request", (request, response) => {
    if (request.url !== "/counts") return answer(request, response);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(counts));
  });
  console.log(`listening on 127.0.0.1:${server.address().port}`);
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
