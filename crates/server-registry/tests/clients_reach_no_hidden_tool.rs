//! What the policies of a server and of a key leave of a server's tools for clients of the pass-through.

mod support;

use bytes::Bytes;
use futures::StreamExt;
use http::{Request, StatusCode};
use scripted_upstream::{Answer, Received, servers};
use serde_json::{Value, json};
use server_registry::Purpose;
use support::limited::{ADMIN, CAPABILITIES, Client, Gateway, VERSION, modern_handshake};

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
fn who_is_restricted_in_any_way_sends_well_formed_messages_whatever_they_are_about() {
    let gateway = Gateway::new(&json!({}), false);
    for settings in [
        json!({"rateLimitPerMinute": 100_000}),
        json!({"servers": ["x"]}),
        json!({"tools": {"rules": [{"name": "log", "access": "blocked"}]}}),
    ] {
        let client = Client::of(&gateway, &gateway.key_with(&settings), false);
        let before = gateway.requests();
        for body in [
            r#"[[{"jsonrpc":"2.0","id":1,"method":"resources/list"}]]"#,
            r#"{"jsonrpc":"2.0","id":1,"method":["resources/list"]}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"resources/list\u0000x"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
            r#"{"id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1,"result":{},"method":"ping"}"#,
            r#"[]"#,
        ] {
            let (status, _, answer) = client.send(body.as_bytes());
            let answer: Value = serde_json::from_slice(&answer).expect("JSON");
            assert_eq!(status, StatusCode::BAD_REQUEST, "{settings} {body}: {answer}");
            assert!(answer["error"]["message"].as_str().is_some_and(|text| text.len() > 20), "{answer}");
        }
        // A batch, where the version has none.
        let batch =
            r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"}]"#;
        assert_eq!(client.send(batch.as_bytes()).0, StatusCode::BAD_REQUEST);
        assert_eq!(gateway.requests(), before, "{settings}");
        assert_eq!(
            client.send_with(&[("mcp-protocol-version", "2025-03-26")], batch.as_bytes()).0,
            StatusCode::ACCEPTED
        );
        assert_eq!(gateway.upstream.received().last().expect("a request").bytes, batch);
    }
}

#[test]
fn no_spelling_of_a_name_is_another_tool() {
    let gateway = Gateway::new(&json!({"rules": [{"class": "destructive", "access": "blocked"}]}), false);
    let key = gateway.key(&json!({"rules": [{"name": "x/Hidden", "access": "blocked"}]}));
    for is_modern in [false, true] {
        let gateway = if is_modern {
            &Gateway::new(&json!({"rules": [{"pattern": "w?pe", "access": "blocked"}]}), true)
        } else {
            &gateway
        };
        let key = if is_modern { ADMIN } else { &key };
        let client = Client::of(gateway, key, is_modern);
        client.ask("tools/call", json!({"name": "read", "arguments": {}}));
        let before = gateway.calls();
        let mut names = vec![
            "wipe",
            "WIPE",
            "Wipe",
            " wipe",
            "wipe ",
            "wi_pe",
            "wipe.",
            "./wipe",
            "wipe\n",
            "wipe\0x",
            "wipe\u{200b}",
            "ｗｉｐｅ",
            "",
        ];
        if !is_modern {
            names.extend(["hidden", "HIDDEN"]);
        }
        for name in names {
            let body =
                json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": name, "arguments": {}}});
            let answer = match is_modern {
                // A header has no room for some names.
                true if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) => continue,
                true => client.ask("tools/call", body["params"].clone()),
                false => serde_json::from_slice(&client.send(body.to_string().as_bytes()).2).expect("JSON"),
            };
            assert_eq!(answer["error"]["code"], -32_602, "{name:?}: {answer}");
        }
        assert_eq!(gateway.calls(), before, "nothing reached the server");
        // A tool that the server has for this client alone: nothing says that it is not destructive.
        client.ask("tools/call", json!({"name": "of_this-client.only", "arguments": {}}));
        assert_eq!(gateway.calls() - before, usize::from(is_modern));
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
