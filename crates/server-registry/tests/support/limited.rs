//! A gateway whose policies leave a part of a server's tools, and clients that try to see the rest.

use super::{MemoryHost, administer};
use bytes::Bytes;
use futures::StreamExt;
use http::{Method, Request, StatusCode};
use scripted_upstream::{Answer, Received, Upstream, servers};
use serde_json::{Value, json};
use server_registry::{Access, CallContext, CurrentCatalog, FailureKind, Purpose, Registry, Wanted};
use std::rc::Rc;

pub const ADMIN: &str = "the-key-of-the-operator";
pub const ALL: [&str; 4] = ["read", "write", "wipe", "log"];
pub const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
pub const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// A gateway with the server `x`, legacy or modern.
pub struct Gateway {
    pub host: MemoryHost,
    pub upstream: Upstream,
    registry: Rc<Registry<MemoryHost>>,
}

/// Tools with hints, and one that is no tool.
pub fn list() -> Value {
    json!({"tools": [
        {"name": "read", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": true}},
        {"name": "write", "inputSchema": {"type": "object"}, "annotations": {"destructiveHint": false}},
        {"name": "wipe", "inputSchema": {"type": "object"}},
        {"name": "log", "inputSchema": {"type": "object"}, "annotations": {"destructiveHint": false}},
        {"name": 7, "description": "secret_tool"},
    ]})
}

pub fn server(is_modern: bool) -> impl FnMut(&Received) -> Answer {
    move |received| {
        let handshake = if is_modern { modern_handshake(received) } else { servers::legacy(received) };
        handshake.unwrap_or_else(|| match received.method() {
            "tools/list" => Answer::json(200, &received.result(list())),
            "tools/call" => Answer::json(200, &received.result(servers::text_result(received.tool()))),
            "" => Answer::status(202),
            _ => Answer::json(200, &received.result(json!({}))),
        })
    }
}

/// It refuses whatever is not of its era.
pub fn modern_handshake(received: &Received) -> Option<Answer> {
    let is_modern = received.body["params"]["_meta"][VERSION] == "2026-07-28";
    match is_modern {
        true => servers::modern(received),
        false => Some(Answer::json(400, &received.error(-32_020, "Header mismatch: MCP-Protocol-Version is missing"))),
    }
}

impl Gateway {
    pub fn new(policy: &Value, is_modern: bool) -> Self {
        let host = MemoryHost::default();
        host.set_text("admin_key", ADMIN);
        let upstream = host.serve("x", server(is_modern));
        let registry = host.registry();
        let gateway = Self { host, upstream, registry };
        gateway.configure(&json!({"tools": policy}));
        gateway
    }

    /// Changes the server.
    pub fn configure(&self, change: &Value) {
        let mut server = json!({"url": "https://x/mcp"});
        server.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let (status, answer) =
            administer(&self.host, &self.access(ADMIN, Purpose::Direct), Method::PUT, "/api/v1/servers/x", &server);
        assert!(status.is_success(), "{answer}");
    }

    pub fn access(&self, key: &str, purpose: Purpose) -> Access<MemoryHost> {
        self.host.sign_in(&self.registry, Some(key), purpose).expect("a key of this gateway")
    }

    /// A new key with a tool policy.
    pub fn key(&self, policy: &Value) -> String {
        self.key_with(&json!({"tools": policy}))
    }

    /// A new key with these settings.
    pub fn key_with(&self, settings: &Value) -> String {
        let mut settings = settings.clone();
        settings["name"] = json!("client");
        let operator = self.access(ADMIN, Purpose::Direct);
        let (status, made) = administer(&self.host, &operator, Method::POST, "/api/v1/keys", &settings);
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["key"].as_str().expect("a key").to_string()
    }

    pub fn catalog(
        &self,
        access: &Access<MemoryHost>,
        known_revision: Option<&str>,
    ) -> Option<(String, Vec<String>, bool)> {
        let known_revisions = known_revision.into_iter().map(str::to_string).collect();
        let wanted = Wanted { alias: "x".to_string(), known_revisions };
        let answer = self.host.run(access.load_catalogs(vec![wanted])).remove(0);
        let CurrentCatalog::Other(known) = answer.catalog.expect("a catalog") else { return None };
        let names = known.catalog.tools.iter().map(|tool| tool.name.clone()).collect();
        Some((known.revision.clone(), names, known.catalog.malformed.is_empty()))
    }

    /// The tools that can be seen, having checked that these and no others can be called.
    pub fn tools(&self, key: &str, purpose: Purpose) -> Vec<String> {
        let access = self.access(key, purpose);
        let (_, seen, _) = self.catalog(&access, None).expect("no revision was named");
        for tool in ALL {
            let sent = self.calls();
            let called = self.host.run(access.call_tool("x", tool, "{}", CallContext::default()));
            let may_call = seen.iter().any(|name| name == tool);
            assert_eq!((called.is_ok(), self.calls() - sent), (may_call, usize::from(may_call)), "{tool}: {called:?}");
            if let Err(failure) = called {
                assert_eq!((failure.kind, failure.code), (FailureKind::Rpc, Some(-32_602)));
                assert_eq!(failure.message, format!("The server \"x\" has no tool \"{tool}\"."));
            }
        }
        seen
    }

    /// Calls that reached the server.
    pub fn calls(&self) -> usize {
        self.upstream.methods().iter().filter(|method| *method == "tools/call").count()
    }

    pub fn requests(&self) -> usize {
        self.upstream.received().len()
    }
}

/// A client that speaks MCP to the server through the gateway.
pub struct Client<'a> {
    gateway: &'a Gateway,
    access: Access<MemoryHost>,
    is_modern: bool,
    session: Option<String>,
}

impl<'a> Client<'a> {
    /// A client of one era, in a session where its era has sessions.
    pub fn of(gateway: &'a Gateway, key: &str, is_modern: bool) -> Self {
        let mut client = Self { gateway, access: gateway.access(key, Purpose::Direct), is_modern, session: None };
        if !is_modern {
            let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "c"}});
            let body = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
            let (_, session, _) = client.send(body.to_string().as_bytes());
            client.session = Some(session.expect("a session"));
        }
        client
    }

    /// Sends a body; gives status, session and body of the answer.
    pub fn send(&self, body: &[u8]) -> (StatusCode, Option<String>, Vec<u8>) {
        self.send_with(&[], body)
    }

    /// The same with these headers in place of its own.
    pub fn send_with(&self, headers: &[(&str, &str)], body: &[u8]) -> (StatusCode, Option<String>, Vec<u8>) {
        let message: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let mut request = Request::post("/mcp/x").header("content-type", "application/json");
        request = request.header("accept", "application/json, text/event-stream");
        if self.is_modern {
            request =
                request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", text(&message["method"]));
            let name = text(&message["params"]["name"]);
            request = if name.is_empty() { request } else { request.header("mcp-name", name) };
        } else {
            request = request.header("mcp-protocol-version", "2025-11-25");
        }
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        let mut request = request.body(Bytes::copy_from_slice(body)).expect("a request");
        for (name, _) in headers {
            request.headers_mut().remove(*name);
        }
        for (name, value) in headers {
            let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a name");
            request.headers_mut().append(name, value.parse().expect("a value"));
        }
        let host = &self.gateway.host;
        let (parts, body) = host.run(self.access.forward("x", request)).expect("an answer").into_parts();
        let chunks: Vec<_> = host.run(body.collect());
        let bytes = chunks.into_iter().flat_map(|chunk| chunk.expect("a whole body")).collect();
        let session = parts.headers.get("mcp-session-id").map(|id| id.to_str().expect("text").to_string());
        (parts.status, session, bytes)
    }

    pub fn ask(&self, method: &str, mut params: Value) -> Value {
        if self.is_modern {
            params["_meta"] = json!({VERSION: "2026-07-28", CAPABILITIES: {}});
        }
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let (_, _, answer) = self.send(body.to_string().as_bytes());
        serde_json::from_slice(&answer).expect("JSON")
    }
}
