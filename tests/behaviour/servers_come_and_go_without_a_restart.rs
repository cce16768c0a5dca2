//! What the admin API changes is there for the very next request, on every instance and every host.

use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};
use tests::api::Reply;
use tests::client::{Client, HEADERS};
use tests::era::Era;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::upstream::{self, Canned, CannedTool, servers};

const NONE: &str = r#"{"mcpServers": {}}"#;

/// Requests at the same time, each on an instance of its own.
const INSTANCES: usize = 6;

/// Longer than it takes until all of them are under way.
const TOGETHER_MS: u64 = 400;

async fn aliases(client: Client) -> Vec<String> {
    let listed = client.call("list_servers", json!({})).await;
    let servers = listed["servers"].as_array().expect("a list");
    servers.iter().map(|server| server["alias"].as_str().expect("an alias").to_owned()).collect()
}

async fn text_of(client: Client, call: &str) -> Result<Value, String> {
    let run = client.execute(&format!("return await {call}({{}})")).await;
    match run.error() {
        Value::Null => Ok(run.value().clone()),
        error => Err(error["message"].as_str().unwrap_or_default().to_owned()),
    }
}

#[test]
fn a_server_is_created_changed_switched_off_and_deleted() {
    tests::run(async {
        let (one, two) = (
            Canned::start([CannedTool::text("who", "one")]).await,
            Canned::start([CannedTool::text("who", "two")]).await,
        );
        let gateway = Gateway::start(NONE).await;
        let (client, api) = (gateway.client(), gateway.api());
        assert_eq!(aliases(client).await, [""; 0]);

        let created = api.add_server("box", &one.url(), json!({"title": "A box"})).await;
        assert_eq!((&created["source"], &created["enabled"]), (&json!("api"), &json!(true)), "{created}");
        assert_eq!(text_of(client, "tools.box.who").await, Ok(json!("one")));
        assert_eq!(aliases(client).await, ["box"]);

        api.ask("PATCH", "/servers/box", json!({"url": two.url()})).await;
        assert_eq!(text_of(client, "tools.box.who").await, Ok(json!("two")));

        api.ask("PATCH", "/servers/box", json!({"enabled": false})).await;
        assert!(text_of(client, "tools.box.who").await.is_err());
        assert_eq!(aliases(client).await, [""; 0]);
        let passed = client.send("POST", "/mcp/box", &HEADERS, "{}").await;
        assert_eq!(passed.status, StatusCode::NOT_FOUND);
        assert_eq!(client.call_directly("box__who", json!({})).await["error"]["code"], -32602);
        assert_eq!(api.get("/servers/box").await["enabled"], false);

        api.ask("PATCH", "/servers/box", json!({"enabled": true})).await;
        assert_eq!(text_of(client, "tools.box.who").await, Ok(json!("two")));

        api.ask("DELETE", "/servers/box", Value::Null).await;
        assert!(text_of(client, "tools.box.who").await.is_err());
        assert_eq!(api.send("GET", "/servers/box", &[], Value::Null).await.status, StatusCode::NOT_FOUND);

        api.add_server("box", &one.url(), json!({})).await;
        assert_eq!(text_of(client, "tools.box.who").await, Ok(json!("one")), "nothing is left of the one before");
    });
}

#[test]
fn real_servers_are_registered_and_called() {
    tests::run(async {
        let (everything, fastmcp) = (upstream::everything(), upstream::fastmcp());
        let gateway = Gateway::start(NONE).await;
        let api = gateway.api();
        api.add_server("everything", &everything.url(), json!({})).await;
        api.add_server("fast", &fastmcp.url(), json!({})).await;

        let code =
            "return [await tools.everything['get-sum']({ a: 2, b: 3 }), (await tools.fast.add({ a: 1, b: 2 })).result]";
        let run = gateway.client().execute(code).await;
        assert_eq!(*run.value(), json!(["The sum of 2 and 3 is 5.", 3]));

        for (alias, version) in [("everything", "2025-11-25"), ("fast", "2026-07-28")] {
            let report = api.ask("POST", &format!("/servers/{alias}/test"), Value::Null).await;
            let told = (&report["ok"], &report["protocolVersion"]);
            assert_eq!(told, (&json!(true), &json!(version)), "{report}");
            let tools = api.get(&format!("/servers/{alias}/tools")).await["items"].as_array().map(Vec::len);
            assert_eq!(report["toolCount"].as_u64(), tools.map(|count| count as u64), "{report}");
            assert!(tools > Some(3) && report["latencyMs"].is_u64(), "{report}");
        }
    });
}

/// Runs a script on as many instances at the same time: it begins with a call that takes a while.
async fn on_every_instance(client: Client, clock: &Canned, code: &str) -> Vec<Value> {
    let code = format!("await tools.clock.wait({{ ms: {TOGETHER_MS} }}); {code}");
    let runs = join_all((0..INSTANCES).map(|_| client.execute(&code))).await;
    assert!(clock.most_under_way() >= INSTANCES, "each was on an instance of its own");
    runs.iter().map(|run| run.value().clone()).collect()
}

#[test]
fn every_instance_sees_a_change_at_once() {
    tests::run(async {
        let clock = Canned::start([CannedTool::wait()]).await;
        let (one, two) = (
            Canned::start([CannedTool::text("who", "one")]).await,
            Canned::start([CannedTool::text("who", "two")]).await,
        );
        let declared = servers([("clock", clock.url())]);
        let gateway = Gateway::start_on_many_instances(&[("servers", &declared)]).await;
        let (client, api) = (gateway.client(), gateway.api());
        let who = "try { return await tools.box.who({}) } catch { return 'nobody' }";
        let everywhere = |text: &str| vec![json!(text); INSTANCES];

        assert_eq!(on_every_instance(client, &clock, who).await, everywhere("nobody"));
        api.add_server("box", &one.url(), json!({})).await;
        assert_eq!(on_every_instance(client, &clock, who).await, everywhere("one"));
        api.ask("PATCH", "/servers/box", json!({"url": two.url()})).await;
        assert_eq!(on_every_instance(client, &clock, who).await, everywhere("two"));
        api.ask("PATCH", "/servers/box", json!({"tools": {"default": "blocked"}})).await;
        assert_eq!(on_every_instance(client, &clock, who).await, everywhere("nobody"));
        api.ask("DELETE", "/servers/box", Value::Null).await;
        assert_eq!(on_every_instance(client, &clock, who).await, everywhere("nobody"));
    });
}

#[test]
fn another_host_over_the_same_state_sees_a_change_at_once() {
    tests::run(async {
        let key = [("encryption_key", "0f".repeat(32))];
        let variables: Vec<(&str, &str)> = key.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (one, two) = (
            Canned::start([CannedTool::text("who", "one")]).await,
            Canned::start([CannedTool::text("who", "two")]).await,
        );
        let here = Gateway::start_with(&variables).await;
        let there = here.start_beside(&variables).await;
        let signed = json!({"headers": {"x-key": "sealed for both"}});
        here.api().add_server("box", &one.url(), signed).await;
        assert_eq!(text_of(there.client(), "tools.box.who").await, Ok(json!("one")));
        let sent = one.take_received();
        assert!(sent.iter().all(|received| received.headers["x-key"] == "sealed for both"));
        for (changer, reader, url, text) in
            [(&there, &here, two.url(), "two"), (&here, &there, one.url(), "one"), (&there, &here, two.url(), "two")]
        {
            let changed = json!({"url": url, "headers": {"x-key": "another"}});
            changer.api().ask("PATCH", "/servers/box", changed).await;
            assert_eq!(text_of(reader.client(), "tools.box.who").await, Ok(json!(text)));
        }
        there.api().ask("DELETE", "/servers/box", Value::Null).await;
        assert_eq!(aliases(here.client()).await, [""; 0]);
    });
}

#[test]
fn declared_servers_win_and_stay_as_they_are() {
    tests::run(async {
        let (declared, other) = (
            Canned::start([CannedTool::text("who", "declared")]).await,
            Canned::start([CannedTool::text("who", "registered")]).await,
        );
        let gateway = Gateway::start(&servers([("box", declared.url())])).await;
        let api = gateway.api();
        assert_eq!(api.get("/servers/box").await["source"], "variable");
        for (method, path, body) in [
            ("POST", "/servers", json!({"alias": "box", "url": other.url()})),
            ("PUT", "/servers/box", json!({"url": other.url()})),
            ("PATCH", "/servers/box", json!({"enabled": false})),
            ("DELETE", "/servers/box", Value::Null),
        ] {
            let reply = api.send(method, path, &[], body).await;
            assert_eq!((reply.status, reply.problem()), (StatusCode::CONFLICT, "declared"), "{method}");
        }
        assert_eq!(text_of(gateway.client(), "tools.box.who").await, Ok(json!("declared")));

        // Over the same state, where it was not declared.
        let elsewhere = gateway.start_beside(&[]).await;
        elsewhere.api().add_server("box", &other.url(), json!({})).await;
        assert_eq!(text_of(elsewhere.client(), "tools.box.who").await, Ok(json!("registered")));
        assert_eq!(text_of(gateway.client(), "tools.box.who").await, Ok(json!("declared")));
        assert_eq!(aliases(gateway.client()).await, ["box"]);
    });
}

#[test]
fn of_two_writers_the_second_is_told() {
    tests::run(async {
        let canned = Canned::start([]).await;
        let gateway = Gateway::start_on_many_instances(&[]).await;
        let api = gateway.api();
        api.add_server("box", &canned.url(), json!({})).await;
        let seen = api.send("GET", "/servers/box", &[], Value::Null).await;
        let tag = seen.header("etag").to_owned();
        let write = async |title: String| -> Reply {
            let body = json!({"url": canned.url(), "title": title});
            api.send("PUT", "/servers/box", &[("if-match", &tag)], body).await
        };
        let replies = join_all((0..8).map(|writer| write(format!("by {writer}")))).await;
        let winners: Vec<&Reply> = replies.iter().filter(|reply| reply.status == StatusCode::OK).collect();
        assert_eq!(winners.len(), 1, "{replies:#?}");
        for reply in replies.iter().filter(|reply| reply.status != StatusCode::OK) {
            let told = (reply.status, reply.problem());
            assert_eq!(told, (StatusCode::PRECONDITION_FAILED, "precondition-failed"));
        }
        let kept = api.send("GET", "/servers/box", &[], Value::Null).await;
        assert_eq!(kept.body["title"], winners[0].body["title"]);
        assert_eq!(kept.header("etag"), winners[0].header("etag"));

        let stale = [("if-match", tag.as_str())];
        let refused = api.send("DELETE", "/servers/box", &stale, Value::Null).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
        let current = [("if-match", kept.header("etag"))];
        let unchanged = [("if-none-match", kept.header("etag"))];
        let reply = api.send("GET", "/servers/box", &unchanged, Value::Null).await;
        assert_eq!(reply.status, StatusCode::NOT_MODIFIED);
        assert!(api.send("DELETE", "/servers/box", &current, Value::Null).await.status.is_success());
        // One that was made anew is another one.
        api.add_server("box", &canned.url(), json!({})).await;
        let refused = api.send("DELETE", "/servers/box", &stale, Value::Null).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
    });
}

#[test]
fn servers_are_imported_and_exported_without_credentials() {
    tests::run(async {
        let canned = Canned::start([CannedTool::text("who", "one")]).await;
        let variables = [("encryption_key", "0f".repeat(32))];
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let gateway = Gateway::start_with(&variables).await;
        let api = gateway.api();
        let document = json!({"mcpServers": {
            "box": {
                "type": "http", "url": canned.url(), "headers": {"Authorization": "Bearer planted"}, "timeout": 9_000,
                "title": "A box", "tools": {"rules": [{"name": "hidden", "access": "blocked"}]},
            },
            "off": {"url": canned.url(), "disabled": true, "codeMode": false},
            "program": {"command": "npx", "args": ["server"]},
            "far": {"type": "sse", "url": canned.url()},
            "bad": {"url": "ftp://example.com"},
        }});
        let outcomes = api.ask("POST", "/import", document).await;
        let outcome = |alias: &str| {
            let all = outcomes["servers"].as_array().expect("a list");
            let found = all.iter().find(|one| one["alias"] == alias).map(|one| one["outcome"].clone());
            found.unwrap_or_default()
        };
        let expected = ["created", "created", "skipped", "skipped", "failed"];
        assert_eq!(["box", "off", "program", "far", "bad"].map(outcome), expected.map(|word| json!(word)));
        assert_eq!(text_of(gateway.client(), "tools.box.who").await, Ok(json!("one")));
        let sent = canned.take_received();
        assert!(!sent.is_empty() && sent.iter().all(|one| one.headers["authorization"] == "Bearer planted"));

        let exported = api.get("/export").await;
        assert!(!exported.to_string().contains("planted"), "{exported:#}");
        assert_eq!(exported["mcpServers"]["box"]["title"], "A box");

        let elsewhere = Gateway::start_with(&variables).await;
        let outcomes = elsewhere.api().ask("POST", "/import", exported.clone()).await;
        let all = outcomes["servers"].as_array().expect("a list");
        assert!(all.len() == 2 && all.iter().all(|one| one["outcome"] == "created"), "{outcomes:#}");
        assert_eq!(elsewhere.api().get("/export").await, exported, "what was exported is what comes out again");
        let again = elsewhere.api().ask("POST", "/import", exported).await;
        let all = again["servers"].as_array().expect("a list");
        assert!(all.iter().all(|one| one["outcome"] == "updated"), "{again:#}");
    });
}

#[test]
fn a_test_says_what_is_wrong() {
    tests::run(async {
        let gateway = Gateway::start(NONE).await;
        let api = gateway.api();
        let everything = upstream::everything();
        let no_mcp = format!("{}/nowhere", everything.url());
        for (alias, url, kind) in
            [("down", "http://127.0.0.1:1/mcp", "unreachable"), ("lost", no_mcp.as_str(), "httpStatus")]
        {
            api.add_server(alias, url, json!({})).await;
            let report = api.ask("POST", &format!("/servers/{alias}/test"), Value::Null).await;
            assert_eq!((&report["ok"], &report["error"]["kind"]), (&json!(false), &json!(kind)), "{report}");
            assert!(report["error"]["message"].as_str().is_some_and(|text| text.contains(alias)), "{report}");
        }
        let reply = api.send("POST", "/servers/nobody/test", &[], Value::Null).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn every_instance_sees_the_tools_that_a_refresh_found() {
    tests::run(async {
        let (clock, canned) =
            (Canned::start([CannedTool::wait()]).await, Canned::start([CannedTool::text("old", "old")]).await);
        let declared = servers([("clock", clock.url())]);
        let gateway = Gateway::start_on_many_instances(&[("servers", &declared)]).await;
        let (client, api) = (gateway.client(), gateway.api());
        api.add_server("box", &canned.url(), json!({})).await;
        let names = "return Object.keys(tools.box)";
        assert_eq!(on_every_instance(client, &clock, names).await, vec![json!(["old"]); INSTANCES]);

        canned.offer([CannedTool::text("new", "new"), CannedTool::text("newer", "newer")]);
        let report = api.ask("POST", "/servers/box/refresh", Value::Null).await;
        assert_eq!(report, json!({"ok": true, "toolCount": 2}));
        assert_eq!(on_every_instance(client, &clock, names).await, vec![json!(["new", "newer"]); INSTANCES]);
        let found = join_all((0..INSTANCES).map(|_| client.call("search_tools", json!({"server": "box"})))).await;
        for found in found {
            let names: Vec<&Value> =
                found["tools"].as_array().into_iter().flatten().map(|tool| &tool["name"]).collect();
            assert_eq!(names, ["new", "newer"], "{found}");
        }
    });
}

#[test]
fn a_server_can_be_kept_out_of_code_mode() {
    tests::run(async {
        let canned = Canned::start([CannedTool::text("juggle", "box")]).await;
        let gateway = Gateway::start(NONE).await;
        let (client, api) = (gateway.client(), gateway.api());
        api.add_server("box", &canned.url(), json!({"codeMode": false, "title": "Circus"})).await;

        assert_eq!(aliases(client).await, [""; 0]);
        let found = client.call("search_tools", json!({"query": "juggle"})).await;
        assert_eq!(found["tools"], json!([]), "{found}");
        let list = client.request("tools/list", json!({})).await.to_string();
        assert!(!["juggle", "Circus", "box"].iter().any(|word| list.contains(word)), "{list}");
        let run = client.execute("return Object.keys(tools)").await;
        assert_eq!(*run.value(), json!([]));
        let unknown = client.execute("return await tools.nobody.juggle({})").await;
        let kept_out = client.execute("return await tools.box.juggle({})").await;
        assert_eq!(kept_out.error_message().replace("box", "nobody"), unknown.error_message());

        assert_eq!(client.listed_at("/mcp?mode=direct").await, ["box__juggle"]);
        let called = client.call_directly("box__juggle", json!({})).await;
        assert_eq!(called["result"]["content"][0]["text"], "box", "{called}");
        for era in Era::ALL {
            let peer = Peer::of(era, client, "/mcp/box").await;
            let called = peer.result("tools/call", json!({"name": "juggle", "arguments": {}})).await;
            assert_eq!(called["content"][0]["text"], "box", "{era:?}: {called}");
        }

        api.ask("PATCH", "/servers/box", json!({"codeMode": true})).await;
        assert_eq!(text_of(client, "tools.box.juggle").await, Ok(json!("box")));
        assert_eq!(aliases(client).await, ["box"]);
    });
}
