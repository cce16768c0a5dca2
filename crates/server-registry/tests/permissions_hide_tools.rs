//! What the policies of a server and of a key leave of a server's tools, for scripts and for clients.

mod support;

use bytes::Bytes;
use futures::StreamExt;
use http::{Method, Request, StatusCode};
use scripted_upstream::{Answer, Received, Upstream, servers};
use serde_json::{Value, json};
use server_registry::{Access, CallContext, CurrentCatalog, FailureKind, Purpose, Registry, Wanted};
use std::rc::Rc;
use support::{MemoryHost, administer};

const ADMIN: &str = "the-key-of-the-operator";
const ALL: [&str; 4] = ["read", "write", "wipe", "log"];
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// A gateway with the server `x`, legacy or modern.
struct Gateway {
    host: MemoryHost,
    upstream: Upstream,
    registry: Rc<Registry<MemoryHost>>,
}

/// Tools with hints, and one that is no tool.
fn list() -> Value {
    json!({"tools": [
        {"name": "read", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": true}},
        {"name": "write", "inputSchema": {"type": "object"}, "annotations": {"destructiveHint": false}},
        {"name": "wipe", "inputSchema": {"type": "object"}},
        {"name": "log", "inputSchema": {"type": "object"}, "annotations": {"destructiveHint": false}},
        {"name": 7, "description": "secret_tool"},
    ]})
}

fn server(is_modern: bool) -> impl FnMut(&Received) -> Answer {
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
fn modern_handshake(received: &Received) -> Option<Answer> {
    let is_modern = received.body["params"]["_meta"][VERSION] == "2026-07-28";
    match is_modern {
        true => servers::modern(received),
        false => Some(Answer::json(400, &received.error(-32_020, "Header mismatch: MCP-Protocol-Version is missing"))),
    }
}

impl Gateway {
    fn new(policy: &Value, is_modern: bool) -> Self {
        let host = MemoryHost::default();
        host.set_text("admin_key", ADMIN);
        let upstream = host.serve("x", server(is_modern));
        let registry = host.registry();
        let gateway = Self { host, upstream, registry };
        gateway.configure(&json!({"tools": policy}));
        gateway
    }

    /// Changes the server.
    fn configure(&self, change: &Value) {
        let mut server = json!({"url": "https://x/mcp"});
        server.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let (status, answer) =
            administer(&self.host, &self.access(ADMIN, Purpose::Direct), Method::PUT, "/api/v1/servers/x", &server);
        assert!(status.is_success(), "{answer}");
    }

    fn access(&self, key: &str, purpose: Purpose) -> Access<MemoryHost> {
        self.host.sign_in(&self.registry, Some(key), purpose).expect("a key of this gateway")
    }

    /// A new key with a tool policy.
    fn key(&self, policy: &Value) -> String {
        let settings = json!({"name": "client", "tools": policy});
        let operator = self.access(ADMIN, Purpose::Direct);
        let (status, made) = administer(&self.host, &operator, Method::POST, "/api/v1/keys", &settings);
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["key"].as_str().expect("a key").to_string()
    }

    fn catalog(
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
    fn tools(&self, key: &str, purpose: Purpose) -> Vec<String> {
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
    fn calls(&self) -> usize {
        self.upstream.methods().iter().filter(|method| *method == "tools/call").count()
    }

    fn requests(&self) -> usize {
        self.upstream.received().len()
    }
}

#[test]
fn the_stricter_of_server_and_key_holds() {
    let of_server = json!({"rules": [
        {"name": "wipe", "access": "blocked"}, {"name": "log", "access": "blockedInCodeMode"},
    ]});
    let gateway = Gateway::new(&of_server, false);
    let key = gateway.key(&json!({"rules": [
        {"pattern": "x/wri*", "access": "blockedInCodeMode"}, {"name": "x/wipe", "access": "allowed"},
        {"name": "y/read", "access": "blocked"},
    ]}));
    assert_eq!(gateway.tools(ADMIN, Purpose::Direct), ["read", "write", "log"]);
    assert_eq!(gateway.tools(ADMIN, Purpose::CodeMode), ["read", "write"]);
    assert_eq!(gateway.tools(&key, Purpose::Direct), ["read", "write", "log"]);
    assert_eq!(gateway.tools(&key, Purpose::CodeMode), ["read"]);
}

#[test]
fn classes_go_by_what_the_server_says_of_its_tools_and_by_the_operators_word_above_it() {
    let by_class = json!({"default": "blocked", "rules": [{"class": "readOnly", "access": "allowed"}]});
    let gateway = Gateway::new(&by_class, false);
    assert_eq!(gateway.tools(ADMIN, Purpose::CodeMode), ["read"]);
    let mut annotated = by_class.clone();
    annotated["annotations"] = json!({"read": {"readOnlyHint": false}, "wipe": {"readOnlyHint": true}});
    gateway.configure(&json!({"tools": annotated}));
    assert_eq!(gateway.tools(ADMIN, Purpose::CodeMode), ["wipe"]);
    gateway.configure(&json!({"tools": {"rules": [{"class": "destructive", "access": "blocked"}]}}));
    let key = gateway.key(&json!({"rules": [{"class": "readOnly", "access": "blocked"}]}));
    assert_eq!(gateway.tools(&key, Purpose::CodeMode), ["write", "log"]);
}

#[test]
fn a_call_asks_for_the_classes_of_tools_before_it_is_sent() {
    let gateway = Gateway::new(&json!({"rules": [{"class": "destructive", "access": "blocked"}]}), false);
    let call = |tool| {
        let access = gateway.access(ADMIN, Purpose::CodeMode);
        gateway.host.run(access.call_tool("x", tool, "{}", CallContext::default()))
    };
    call("wipe").expect_err("the list says that it destroys");
    assert_eq!((gateway.calls(), gateway.upstream.methods().last().map(String::as_str)), (0, Some("tools/list")));
    call("write").expect("it does not");
}

#[test]
fn tools_of_which_nothing_can_be_known_count_as_what_mcp_has_them_be() {
    let gateway = Gateway::new(&json!({"rules": [{"class": "destructive", "access": "blocked"}]}), false);
    gateway.host.serve("x", |received| servers::legacy(received).unwrap_or_else(|| Answer::status(500)));
    let access = gateway.access(ADMIN, Purpose::CodeMode);
    let failure = gateway.host.run(access.call_tool("x", "write", "{}", CallContext::default())).expect_err("refused");
    assert_eq!(failure.code, Some(-32_602), "{}", failure.message);
}

#[test]
fn a_part_of_a_catalog_has_a_revision_of_its_own_and_no_word_of_the_rest() {
    let gateway = Gateway::new(&json!({}), false);
    let keys = [json!({}), json!({"rules": [{"name": "wipe", "access": "blocked"}]}), json!({"default": "blocked"})]
        .map(|policy| gateway.key(&policy));
    let catalogs = keys.each_ref().map(|key| {
        let access = gateway.access(key, Purpose::CodeMode);
        let (revision, names, is_silent) = gateway.catalog(&access, None).expect("no revision was named");
        assert_eq!(gateway.catalog(&access, Some(&revision)), None, "it is current");
        (revision, names, is_silent)
    });
    let [all, part, none] = &catalogs;
    assert_eq!((all.1.len(), part.1.len(), none.1.len()), (4, 3, 0));
    assert!(all.0 != part.0 && part.0 != none.0 && all.0 != none.0);
    assert_eq!((all.2, part.2, none.2), (false, true, true), "what was left out might be forbidden");
    let of_part = gateway.access(&keys[1], Purpose::CodeMode);
    assert!(gateway.catalog(&of_part, Some(&all.0)).is_some(), "the revision of another caller is not its own");
    assert_eq!(gateway.catalog(&of_part, None).as_ref(), Some(part), "and stays");
}

#[test]
fn a_server_that_is_off_for_code_mode_is_there_for_clients() {
    let gateway = Gateway::new(&json!({}), false);
    gateway.configure(&json!({"codeMode": false}));
    let access = gateway.access(ADMIN, Purpose::CodeMode);
    assert_eq!(access.list(), []);
    let failure = gateway.host.run(access.call_tool("x", "read", "{}", CallContext::default())).expect_err("hidden");
    assert_eq!(failure.kind, FailureKind::UnknownServer);
    assert_eq!(gateway.access(ADMIN, Purpose::Direct).list().len(), 1);
    assert_eq!(gateway.tools(ADMIN, Purpose::Direct), ALL);
}

/// A client that speaks MCP to the server through the gateway.
struct Client<'a> {
    gateway: &'a Gateway,
    access: Access<MemoryHost>,
    is_modern: bool,
    session: Option<String>,
}

impl<'a> Client<'a> {
    /// A client of one era, in a session where its era has sessions.
    fn of(gateway: &'a Gateway, key: &str, is_modern: bool) -> Self {
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
    fn send(&self, body: &[u8]) -> (StatusCode, Option<String>, Vec<u8>) {
        self.send_with(&[], body)
    }

    /// The same with these headers in place of its own.
    fn send_with(&self, headers: &[(&str, &str)], body: &[u8]) -> (StatusCode, Option<String>, Vec<u8>) {
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

    fn ask(&self, method: &str, mut params: Value) -> Value {
        if self.is_modern {
            params["_meta"] = json!({VERSION: "2026-07-28", CAPABILITIES: {}});
        }
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let (_, _, answer) = self.send(body.to_string().as_bytes());
        serde_json::from_slice(&answer).expect("JSON")
    }
}

#[test]
fn clients_of_both_eras_see_and_call_the_rest_at_servers_of_both_eras() {
    for (client_is_modern, server_is_modern) in [(false, false), (true, true), (true, false), (false, true)] {
        let what = format!("modern client: {client_is_modern}, modern server: {server_is_modern}");
        let gateway =
            Gateway::new(&json!({"rules": [{"class": "destructive", "access": "blocked"}]}), server_is_modern);
        let key = gateway.key(&json!({"rules": [{"name": "x/log", "access": "blocked"}]}));
        let client = Client::of(&gateway, &key, client_is_modern);
        let listed = client.ask("tools/list", json!({}));
        let names: Vec<&str> = listed["result"]["tools"]
            .as_array()
            .expect("tools")
            .iter()
            .filter_map(|tool| tool["name"].as_str())
            .collect();
        assert_eq!(names, ["read", "write"], "{what}");
        assert!(!listed.to_string().contains("secret_tool"), "{what}: {listed}");
        let result = client.ask("tools/call", json!({"name": "write", "arguments": {}}));
        assert_eq!(result["result"]["content"][0]["text"], "write", "{what}: {result}");
        let sent = gateway.calls();
        for tool in ["wipe", "log"] {
            let refused = client.ask("tools/call", json!({"name": tool, "arguments": {}}));
            assert_eq!(refused["error"]["code"], -32_602, "{what}: {refused}");
            assert_eq!(refused["error"]["message"], format!("Unknown tool: {tool}"), "{what}");
            assert_eq!(refused["id"], 7, "{what}");
        }
        assert_eq!(gateway.calls(), sent, "{what}: nothing reached the server");
    }
}

#[test]
fn nothing_hides_a_tool_from_the_gateway_and_shows_it_to_the_server() {
    let gateway = Gateway::new(&json!({"rules": [{"name": "wipe", "access": "blocked"}]}), false);
    let client = Client::of(&gateway, ADMIN, false);
    client.ask("tools/call", json!({"name": "read", "arguments": {}}));
    let before = gateway.requests();
    for body in [
        r#"[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wipe"}}]"#,
        r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"tools/list"}]"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wipe","name":"read"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","Name":"wipe"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","METHOD":"tools/call","params":{"name":"wipe"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["wipe"]}}"#,
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"wipe"}}"#,
        r#"{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"wipe"}}"#,
        r#"{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{"name":"wipe"}}"#,
        r#"{"id":1,"method":"tools/call","params":{"name":"wipe"}}"#,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"wipe\"},}",
        "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"wipe\"}}",
    ] {
        let (_, _, answer) = client.send(body.as_bytes());
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert!(answer["error"]["code"].as_i64().is_some_and(|code| code < -32_000), "{body}: {answer}");
        assert_eq!(gateway.requests(), before, "{body}");
    }
}

#[test]
fn what_is_not_about_tools_passes_all_the_same() {
    let gateway = Gateway::new(&json!({"default": "blocked"}), false);
    let client = Client::of(&gateway, ADMIN, false);
    for (body, status) in [
        (r#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, StatusCode::OK),
        (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, StatusCode::ACCEPTED),
        (r#"{"jsonrpc":"2.0","id":3,"result":{"name":"n","Name":"m"}}"#, StatusCode::ACCEPTED),
        (r#"{"jsonrpc":"2.0","id":4,"error":{"code":1,"message":"m"}}"#, StatusCode::ACCEPTED),
    ] {
        let before = gateway.requests();
        assert_eq!((client.send(body.as_bytes()).0, gateway.requests() - before), (status, 1), "{body}");
        assert_eq!(gateway.upstream.received().last().expect("a request").bytes, body);
    }
}

#[test]
fn where_nothing_is_forbidden_all_passes_as_it_is() {
    let gateway = Gateway::new(&json!({"rules": [{"name": "wipe", "access": "allowed"}]}), false);
    let client = Client::of(&gateway, &gateway.key(&json!({})), false);
    for body in [
        r#"{"id": 1, "params": {"name":"wipe","Name":"x"}, "jsonrpc":"2.0","method":"tools/call"}"#,
        r#"{"jsonrpc":"2.0","id":1e2,"method":"tools/list"}"#,
        r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#,
    ] {
        let before = gateway.requests();
        client.send(body.as_bytes());
        assert_eq!(gateway.requests() - before, 1, "{body}");
        assert_eq!(gateway.upstream.received().last().expect("a request").bytes, body, "byte for byte");
    }
}

#[test]
fn nobody_reads_a_body_otherwise_than_the_gateway_did() {
    let gateway = Gateway::new(&json!({"rules": [{"name": "wipe", "access": "blocked"}]}), false);
    // Both are about a blocked tool for who believes the charset.
    let utf7 = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"read","x":"+ACI-,+ACI-name+ACI-:+ACI-wipe"}}"#;
    let utf16: Vec<u8> =
        r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for key in [ADMIN.to_string(), gateway.key(&json!({}))] {
        let client = Client::of(&gateway, &key, false);
        let before = gateway.requests();
        for (name, value) in [
            ("content-type", "application/json; charset=utf-7"),
            ("content-type", "application/json;charset=\"UTF-16LE\""),
            ("content-type", "text/plain"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("content-encoding", "gzip"),
            ("content-encoding", "deflate"),
        ] {
            let (status, _, answer) = client.send_with(&[(name, value)], utf7);
            let answer: Value = serde_json::from_slice(&answer).expect("JSON");
            assert_eq!(
                (status, &answer["error"]["code"]),
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, &json!(-32_600)),
                "{value}"
            );
        }
        let twice = [("content-type", "application/json"), ("content-type", "application/json; charset=utf-7")];
        assert_eq!(client.send_with(&twice, utf7).0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        for body in [utf16.as_slice(), b"{\"x\":\"\xff\"}", b"{} {}", b"", b"{"] {
            assert_eq!(client.send(body).0, StatusCode::BAD_REQUEST, "{body:?}");
        }
        assert_eq!(gateway.requests(), before);
        let (status, ..) =
            client.send_with(&[("content-type", "Application/JSON; charset=utf-8"), ("last-event-id", "1")], utf7);
        assert_eq!(
            (status, gateway.upstream.methods().last().map(String::as_str)),
            (StatusCode::OK, Some("tools/call"))
        );
        let received = gateway.upstream.received();
        let last = received.last().expect("a request");
        assert_eq!((last.header("content-type"), last.header("last-event-id")), ("application/json", ""));
        assert_eq!(last.bytes.as_ref(), utf7);
    }
}

#[test]
fn no_header_names_another_tool_than_the_body() {
    let policy = json!({"rules": [{"name": "wipe", "access": "blocked"}]});
    let modern = |method: &str, name: &str| {
        json!({"jsonrpc": "2.0", "id": 7, "method": method,
            "params": {"name": name, "arguments": {}, "_meta": {VERSION: "2026-07-28", CAPABILITIES: {}}}})
        .to_string()
    };
    let gateway = Gateway::new(&policy, true);
    let client = Client::of(&gateway, ADMIN, true);
    client.ask("tools/call", json!({"name": "read", "arguments": {}}));
    let before = gateway.requests();
    for headers in [
        &[("mcp-name", "wipe")][..],
        &[("mcp-name", "=?base64?d2lwZQ==?=")],
        &[("mcp-method", "tools/list")],
        &[("mcp-name", "wipe"), ("mcp-name", "read")],
    ] {
        let (status, _, answer) = client.send_with(headers, modern("tools/call", "read").as_bytes());
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert_eq!((status, &answer["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(-32_020)), "{headers:?}");
    }
    let other = [("mcp-method", "tools/call"), ("mcp-name", "wipe")];
    assert_eq!(client.send_with(&other, modern("ping", "x").as_bytes()).0, StatusCode::BAD_REQUEST);
    assert_eq!(gateway.requests(), before);
    let twice = [("mcp-name", "read"), ("mcp-name", "wipe")];
    client.send_with(&twice, modern("tools/call", "read").as_bytes());
    let names = |gateway: &Gateway| {
        let last = gateway.upstream.received().pop().expect("a request");
        last.headers.get_all("mcp-name").iter().map(|name| name.to_str().expect("text").to_string()).collect::<Vec<_>>()
    };
    assert_eq!((gateway.requests(), names(&gateway)), (before + 1, vec!["read".to_string()]));

    let gateway = Gateway::new(&policy, false);
    let client = Client::of(&gateway, ADMIN, false);
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":3,"result":{}}"#,
    ] {
        client.send_with(&[("mcp-method", "tools/call"), ("mcp-name", "wipe")], body.as_bytes());
        assert_eq!(names(&gateway), [] as [String; 0], "{body}");
        let last = gateway.upstream.received().pop().expect("a request");
        assert_eq!(last.bytes, body);
        assert_eq!(last.header("mcp-method") == "tools/call", body.contains("tools/call"), "{body}");
    }
}

/// A server that lists two tools on a page, and names the last one in its cursor.
fn paging(received: &Received) -> Answer {
    let names = ["read", "wipe", "log", "wipe_all", "write"];
    servers::legacy(received).unwrap_or_else(|| {
        let after = received.body["params"]["cursor"].as_str();
        let first = after.map_or(0, |after| 1 + names.iter().position(|name| *name == after).expect("one of its own"));
        let page = &names[first..names.len().min(first + 2)];
        let tool = |name: &&str| json!({"name": name, "inputSchema": {"type": "object"}, "_meta": {"of": name}});
        let mut result = json!({"tools": page.iter().map(tool).collect::<Vec<_>>()});
        if first + 2 < names.len() {
            result["nextCursor"] = json!(page[1]);
        }
        Answer::json(200, &received.result(result))
    })
}

#[test]
fn pages_and_cursors_tell_nothing_of_the_rest() {
    let gateway = Gateway::new(&json!({"rules": [{"pattern": "wipe*", "access": "blocked"}]}), false);
    gateway.host.serve("x", paging);
    for is_modern in [false, true] {
        let client = Client::of(&gateway, ADMIN, is_modern);
        let listed = client.ask("tools/list", json!({}));
        let tools = listed["result"]["tools"].as_array().expect("tools");
        let names: Vec<&str> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
        assert_eq!(names, ["read", "log", "write"], "{listed}");
        assert_eq!(tools[0]["_meta"]["of"], "read", "whole, as the server gave them");
        assert!(!listed.to_string().contains("wipe") && listed["result"].get("nextCursor").is_none(), "{listed}");
        let refused = client.ask("tools/list", json!({"cursor": "wipe"}));
        assert_eq!(refused["error"]["code"], -32_602, "{refused}");
        assert!(!refused.to_string().contains("wipe"), "{refused}");
    }
    gateway.host.serve("x", |received| {
        servers::legacy(received).unwrap_or_else(|| {
            let page = received.body["params"]["cursor"].as_str().map_or(0, |cursor| cursor.len());
            Answer::json(200, &received.result(json!({"tools": [], "nextCursor": "x".repeat(page + 1)})))
        })
    });
    let endless = Client::of(&gateway, ADMIN, false).ask("tools/list", json!({}));
    assert_eq!(endless["error"]["code"], -32_603, "{endless}");
}

#[test]
fn blocking_a_tool_hides_no_other_that_the_server_has_for_this_client() {
    let policy = json!({"rules": [{"name": "wipe", "access": "blocked"}]});
    for is_modern in [false, true] {
        let gateway = Gateway::new(&policy, is_modern);
        // It has `sample` for those that let it sample: the session says so, or the request.
        gateway.host.serve("x", move |received| {
            let params = &received.body["params"];
            let samples =
                received.header("mcp-session-id") == "samples" || !params["_meta"][CAPABILITIES]["sampling"].is_null();
            if received.method() == "initialize" && !params["capabilities"]["sampling"].is_null() {
                let result = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "s"}});
                return Answer::json(200, &received.result(result)).header("mcp-session-id", "samples");
            }
            let handshake = if is_modern { modern_handshake(received) } else { servers::legacy(received) };
            handshake.unwrap_or_else(|| servers::tools(received, if samples { &["wipe", "sample"] } else { &["wipe"] }))
        });
        let access = gateway.access(ADMIN, Purpose::Direct);
        let send = |session: Option<&str>, method: &str, params: Value| {
            let mut request = Request::post("/")
                .header("content-type", "application/json")
                .header("accept", "application/json, text/event-stream");
            let version = if is_modern { "2026-07-28" } else { "2025-11-25" };
            request = request.header("mcp-protocol-version", version).header("mcp-method", method);
            if let Some(session) = session {
                request = request.header("mcp-session-id", session);
            }
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
            let response = gateway
                .host
                .run(access.forward("x", request.body(Bytes::from(body)).expect("a request")))
                .expect("an answer");
            let (parts, body) = response.into_parts();
            let chunks: Vec<_> = gateway.host.run(body.collect());
            let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("a whole body")).collect();
            let session = parts.headers.get("mcp-session-id").map(|id| id.to_str().expect("text").to_string());
            (session, serde_json::from_slice::<Value>(&bytes).expect("JSON"))
        };
        let (session, params) = match is_modern {
            true => (None, json!({"_meta": {VERSION: "2026-07-28", CAPABILITIES: {"sampling": {}}}})),
            false => {
                let params = json!({"protocolVersion": "2025-11-25", "capabilities": {"sampling": {}}});
                (send(None, "initialize", params).0, json!({}))
            }
        };
        let (_, listed) = send(session.as_deref(), "tools/list", params);
        let tools = listed["result"]["tools"].as_array().expect("tools");
        let names: Vec<_> = tools.iter().map(|tool| &tool["name"]).collect();
        assert_eq!((&listed["id"], names), (&json!(1), vec![&json!("sample")]), "{listed}");
    }
}
