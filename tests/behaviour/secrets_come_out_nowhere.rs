//! Secrets are planted everywhere, everything is asked, and none of them is in any answer, log line or stored byte.

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{Client, HEADERS};
use tests::era::Era;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::planted::{Planted, Said, assert_hidden};
use tests::state;
use tests::upstream::{AuthorizationServer, Guarded, Place, Telltale};

const ADMIN: &str = "planted-admin-key/17+z=";
const ENCRYPTION_KEY: &str = "c0ffee00c0ffee11c0ffee22c0ffee33c0ffee44c0ffee55c0ffee66c0ffee77";
const HEADER: &str = "planted-header-value/21+y=";
const TOKEN: &str = "planted.bearer-token/39+x=";
const VARIABLE: &str = "planted-secrets-variable/54+w";
const REFUSED: &str = "planted-and-refused/88+v=";

/// Everything that was said to somebody.
struct Heard {
    client: Client,
    said: Vec<Said>,
}

impl Heard {
    /// Asks, and keeps the answer with its headers.
    async fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Value {
        let answer = self.client.send(method, path, headers, body).await;
        let mut bytes = format!("{} {:?}\n", answer.status, answer.headers).into_bytes();
        bytes.extend_from_slice(&answer.body);
        self.said.push(Said { by: format!("{method} {path} {}", &body[..body.len().min(80)]), bytes: bytes.into() });
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    async fn api(&mut self, method: &str, path: &str, body: Value) -> Value {
        let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.ask(method, &format!("/api/v1{path}"), &[("content-type", kind)], &body).await
    }

    async fn mcp(&mut self, era: Era, path: &str, method: &str, params: Value) -> Value {
        let peer = Peer::new(self.client, path, era, json!({}));
        let message = peer.message(method, params);
        let headers = peer.headers(&message);
        self.ask("POST", path, &headers, &message.to_string()).await
    }

    /// All that passes through from a server.
    async fn passed_through(&mut self, alias: &str, tool: &str) {
        for era in Era::ALL {
            let begin = match era {
                Era::Legacy => json!({"protocolVersion": era.version(), "capabilities": {},
                    "clientInfo": {"name": "tests", "version": "1"}}),
                Era::Modern => json!({}),
            };
            let path = format!("/mcp/{alias}");
            self.mcp(era, &path, era.first_method(), begin).await;
            self.mcp(era, &path, "tools/list", json!({})).await;
            self.mcp(era, &path, "tools/call", json!({"name": tool, "arguments": {}})).await;
            self.mcp(era, &path, "resources/read", json!({"uri": "a:b"})).await;
        }
    }

    /// All else that can be said of a server.
    async fn all_of(&mut self, alias: &str, tool: &str) {
        for action in ["test", "refresh"] {
            self.api("POST", &format!("/servers/{alias}/{action}"), Value::Null).await;
        }
        for view in ["", "/tools", "/health"] {
            self.api("GET", &format!("/servers/{alias}{view}"), Value::Null).await;
        }
        for era in Era::ALL {
            let direct = json!({"name": format!("{alias}__{tool}"), "arguments": {}});
            self.mcp(era, "/mcp?mode=direct", "tools/call", direct).await;
        }
        let call = format!("tools[{alias:?}][{tool:?}]");
        for script in [
            format!("return await {call}({{}})"),
            format!(
                "try {{ await {call}({{}}) }} catch (error) {{ return [error.message, {{ ...error }}, error.stack] }}"
            ),
            format!("console.log(await {call}({{}})); return Object.keys(await {call}({{}}))"),
        ] {
            let run = json!({"name": "execute_code", "arguments": {"code": script}});
            self.mcp(Era::Modern, "/mcp", "tools/call", run).await;
        }
    }

    /// All that can be said of none in particular.
    async fn all(&mut self) {
        for view in ["/servers", "/health", "/export", "/keys", "/usage", "/openapi.json"] {
            self.api("GET", view, Value::Null).await;
        }
        for path in ["/mcp", "/mcp?mode=direct"] {
            self.mcp(Era::Legacy, path, "tools/list", json!({})).await;
        }
        for (tool, arguments) in [
            ("list_servers", json!({})),
            ("search_tools", json!({"query": "", "detail": "full", "limit": 100})),
            ("search_tools", json!({"query": "planted"})),
        ] {
            self.mcp(Era::Legacy, "/mcp", "tools/call", json!({"name": tool, "arguments": arguments})).await;
        }
    }

    /// Requests with secrets in places where they are refused.
    async fn refusals(&mut self, url: &str) {
        let oauth = |member: &str, value: &str| {
            let mut auth = json!({"type": "oauth2ClientCredentials", "method": "client_secret_basic", "clientId": "c",
                "clientSecret": REFUSED});
            auth[member] = json!(value);
            json!({"url": url, "auth": auth})
        };
        let key = |pem: &str| {
            json!({"url": url, "auth": {"type": "oauth2ClientCredentials", "method": "private_key_jwt",
                "clientId": "c", "privateKey": pem}})
        };
        for server in [
            json!({"url": url, "headers": {"x-key": format!("{REFUSED}\n")}}),
            json!({"url": url, "headers": {"x-key": [REFUSED]}}),
            json!({"url": url, "headers": {"host": REFUSED}}),
            json!({"url": url, "auth": {"type": "bearer", "token": format!("{REFUSED} {REFUSED}")}}),
            json!({"url": url, "auth": {"type": "basic", "token": REFUSED}}),
            json!({"url": url, "auth": REFUSED}),
            json!({"url": url, "timeoutMs": REFUSED, "auth": {"type": "bearer", "token": REFUSED}}),
            json!({"url": format!("https://user:{REFUSED}@example.com/mcp")}),
            json!({"url": format!("https://example.com/mcp?api_key={REFUSED}")}),
            json!({"url": "https://169.254.169.254/", "auth": {"type": "bearer", "token": REFUSED}}),
            oauth("issuer", "https://10.0.0.1/"),
            oauth("scope", "\"\""),
            key(REFUSED),
            key(&format!("-----BEGIN PRIVATE KEY-----\n{REFUSED}\n-----END PRIVATE KEY-----\n")),
        ] {
            self.api("PUT", "/servers/refused", server.clone()).await;
            self.api("PATCH", "/servers/results", server.clone()).await;
            self.api("POST", "/import", json!({"mcpServers": {"refused": server}})).await;
        }
        self.ask("PUT", "/api/v1/servers/refused", &[("content-type", "application/json")], &format!("{{\"{REFUSED}"))
            .await;
        self.ask("PUT", "/api/v1/servers/refused", &[("content-type", "text/plain")], REFUSED).await;
        for path in ["/mcp", "/mcp/results", "/api/v1/servers"] {
            let wrong = format!("Bearer {REFUSED}");
            self.ask("POST", path, &[HEADERS[0], HEADERS[1], ("authorization", &wrong)], "{}").await;
        }
    }
}

#[test]
fn in_no_answer_no_log_and_no_file() {
    tests::run(async {
        let (telltale, authorization) = (Telltale::start().await, AuthorizationServer::start());
        let guarded = Guarded::start(&authorization).await;
        let declared = json!({"mcpServers": {
            "declared": {"url": format!("{}?token=${{SECRET}}", telltale.url(Place::Results)),
                "headers": {"X-Own": "Key ${SECRET}", "Authorization": format!("Bearer {TOKEN}")}},
            "broken": {"url": format!("{}?token=${{SECRET}}", telltale.url(Place::HttpErrors)),
                "headers": {"host": "${SECRET}"}},
        }});
        let gateway = Gateway::start_apart(&[
            ("servers", &declared.to_string()),
            ("secrets", &json!({"SECRET": VARIABLE}).to_string()),
            ("admin_key", ADMIN),
            ("encryption_key", ENCRYPTION_KEY),
        ])
        .await;
        let api = gateway.api().with_key(ADMIN);
        let keys = [api.add_key(json!({})).await, api.add_key(json!({"role": "manage"})).await];
        let mut aliases = vec!["declared".to_owned(), "broken".to_owned()];
        for place in Place::ALL {
            let members = json!({"headers": {"x-own": HEADER}, "auth": {"type": "bearer", "token": TOKEN}});
            api.add_server(&place.name(), &telltale.url(place), members).await;
            aliases.push(place.name());
        }
        let secret = json!({"auth": {"type": "oauth2ClientCredentials", "method": "client_secret_basic",
            "clientId": "with-secret", "clientSecret": AuthorizationServer::SECRET}});
        let key = json!({"auth": {"type": "oauth2ClientCredentials", "method": "private_key_jwt",
            "clientId": "with-key", "privateKey": AuthorizationServer::private_key()}});
        api.add_server("by-secret", &guarded.url(), secret.clone()).await;
        api.add_server("by-key", &guarded.url(), key).await;
        // An authorization server that repeats what it is shown.
        let mut told = secret;
        told["auth"]["tokenEndpoint"] = json!(telltale.url(Place::HttpErrors));
        api.add_server("told", &guarded.url(), told).await;

        let mut said = Vec::new();
        for key in [ADMIN, &keys[0].text, &keys[1].text] {
            let mut heard = Heard { client: gateway.client().with_key(key), said: Vec::new() };
            for alias in &aliases {
                heard.all_of(alias, "tell").await;
            }
            for alias in ["by-secret", "by-key", "told"] {
                heard.all_of(alias, "who").await;
                heard.passed_through(alias, "who").await;
            }
            heard.all().await;
            heard.refusals(&telltale.url(Place::Results)).await;
            said.append(&mut heard.said);
        }
        let shown = telltale.heard();
        assert!([HEADER, TOKEN, VARIABLE].iter().all(|secret| shown.contains(secret)), "they reached the server");
        assert!(guarded.tokens().len() >= 2, "both clients were let in");

        let pem = AuthorizationServer::private_key();
        let tokens: Vec<String> = guarded.tokens().into_iter().collect();
        let mut secrets = vec![
            Planted::new("the admin key", ADMIN),
            Planted::new("the encryption key", ENCRYPTION_KEY),
            Planted::new("a header", HEADER),
            Planted::new("a bearer token", TOKEN),
            Planted::new("a variable", VARIABLE),
            Planted::new("what was refused", REFUSED),
            Planted::new("a client secret", AuthorizationServer::SECRET),
            Planted::new("a private key", pem.lines().nth(1).expect("the key itself")),
            Planted::new("the key of a client", &keys[0].text),
            Planted::new("the key of a manager", &keys[1].text),
        ];
        secrets.extend(tokens.iter().map(|token| Planted::new("an access token", token)));
        // What the gateway's own clients show is nothing for servers.
        let to_servers = [Said { by: "a request to a server".to_owned(), bytes: shown.into() }];
        assert_hidden(&[Planted::new("the admin key", ADMIN), Planted::new("a key", &keys[0].text)], &to_servers);

        said.push(Said { by: "the log".to_owned(), bytes: gateway.output().into() });
        let files = state::files(gateway.state());
        said.extend(files.into_iter().map(|(path, bytes)| Said { by: path, bytes: bytes.into() }));
        assert_hidden(&secrets, &said);
    });
}

#[test]
fn nor_in_what_passes_through_from_a_server_that_repeats_them() {
    tests::run(async {
        let telltale = Telltale::start().await;
        let gateway = Gateway::start_apart(&[("encryption_key", ENCRYPTION_KEY)]).await;
        let mut heard = Heard { client: gateway.client(), said: Vec::new() };
        for place in Place::ALL {
            let members = json!({"headers": {"x-own": HEADER}, "auth": {"type": "bearer", "token": TOKEN}});
            gateway.api().add_server(&place.name(), &telltale.url(place), members).await;
            heard.all_of(&place.name(), "tell").await;
            heard.passed_through(&place.name(), "tell").await;
        }
        let mut said = heard.said;
        said.push(Said { by: "the log".to_owned(), bytes: gateway.output().into() });
        let files = state::files(gateway.state());
        said.extend(files.into_iter().map(|(path, bytes)| Said { by: path, bytes: bytes.into() }));
        assert!(telltale.heard().contains(HEADER), "it was shown to the server");
        assert_hidden(&[Planted::new("a header", HEADER), Planted::new("a bearer token", TOKEN)], &said);
    });
}

#[test]
fn a_stored_secret_stays_with_its_server() {
    tests::run(async {
        let (telltale, other) = (Telltale::start().await, Telltale::start().await);
        let gateway = Gateway::start_with(&[("encryption_key", ENCRYPTION_KEY)]).await;
        let api = gateway.api();
        let members = json!({"headers": {"x-own": HEADER}, "auth": {"type": "bearer", "token": TOKEN}});
        api.add_server("box", &telltale.url(Place::Results), members).await;
        let kept = json!({"url": other.url(Place::Results), "headers": {"x-own": null}, "auth": {"type": "bearer"}});
        let exported = json!({"mcpServers": {"box": {"url": other.url(Place::Results)}}});
        for (method, path, body) in [
            ("PATCH", "/servers/box", json!({"url": other.url(Place::Results)})),
            ("PUT", "/servers/box", kept),
            ("PATCH", "/servers/box", json!({"url": other.url(Place::Results), "headers": {"x-own": null}})),
        ] {
            let reply = api.send(method, path, &[], body).await;
            assert_eq!((reply.status, reply.problem()), (StatusCode::CONFLICT, "secret-missing"), "{method}");
        }
        let outcome = api.ask("POST", "/import", exported).await;
        assert_eq!(outcome["servers"][0]["outcome"], "failed", "{outcome}");
        gateway.client().execute("return await tools.box.tell({})").await;
        assert_eq!(other.heard(), "");
        // Elsewhere on the same server it may be kept, and anywhere when it is said anew.
        api.ask("PATCH", "/servers/box", json!({"url": telltale.url(Place::Lists)})).await;
        let anew =
            json!({"url": other.url(Place::Results), "headers": {"x-own": "new-value"}, "auth": {"type": "none"}});
        api.ask("PUT", "/servers/box", anew).await;
        gateway.client().execute("return await tools.box.tell({})").await;
        assert!(other.heard().contains("new-value") && !other.heard().contains("planted"));
    });
}

#[test]
fn what_is_sealed_for_one_place_opens_at_no_other() {
    tests::run(async {
        let telltale = Telltale::start().await;
        let gateway = Gateway::start_with(&[("encryption_key", ENCRYPTION_KEY)]).await;
        let members = json!({"headers": {"x-own": HEADER}});
        gateway.api().add_server("box", &telltale.url(Place::Results), members).await;
        // Under another key it is there, and says why it cannot be used.
        let other = gateway.start_beside(&[("encryption_key", &"ab".repeat(32))]).await;
        let run = other.client().execute("return await tools.box.tell({})").await;
        assert!(run.error_message().contains("box"), "{}", run.error_message());
        assert_eq!(telltale.heard(), "");
        // An old key still opens; what is written anew is sealed with the new one.
        let both = format!("{},{ENCRYPTION_KEY}", "ab".repeat(32));
        let rotated = gateway.start_beside(&[("encryption_key", &both)]).await;
        assert!(rotated.client().execute("return await tools.box.tell({})").await.error().is_null());
        rotated.api().ask("PATCH", "/servers/box", json!({"title": "Sealed anew"})).await;
        assert!(other.client().execute("return await tools.box.tell({})").await.error().is_null());
        assert!(telltale.heard().contains(HEADER));
    });
}
