// An authorization server (oidc-provider) on a free port of 127.0.0.1, for client credentials: `with-secret` signs in
// with a secret (client_secret_basic), `with-key` and `with-rsa-key` with assertions (private_key_jwt; the arguments are
// files with their keys in PEM), and `resource` may introspect tokens (RFC 7662). Assertions may be signed as
// ASSERTION_ALGORITHMS lists. Says `listening on ADDRESS`, counts token requests at GET /counts, and ends with its
// standard input.
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const publicKey = (file) => ({ ...createPublicKey(readFileSync(file)).export({ format: "jwk" }), use: "sig" });

const clients = (key, rsaKey) => {
  const own = { grant_types: ["client_credentials"], redirect_uris: [], response_types: [], scope: "tools:call" };
  const secret = { token_endpoint_auth_method: "client_secret_basic", client_secret: process.env.CLIENT_SECRET };
  const signing = { token_endpoint_auth_method: "private_key_jwt" };
  return [
    { ...own, ...secret, client_id: "with-secret" },
    { ...own, ...signing, client_id: "with-key", jwks: { keys: [key] } },
    { ...own, ...signing, client_id: "with-rsa-key", jwks: { keys: [rsaKey] } },
    { ...own, ...secret, client_id: "resource", client_secret: "of-the-resource" },
  ];
};

const counts = { issued: 0, refused: 0 };
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: clients(...process.argv.slice(2).map(publicKey)),
    enabledJWA: { clientAuthSigningAlgValues: process.env.ASSERTION_ALGORITHMS.split(" ") },
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
