//! One line for every call, counters that an operator can read, and few writes for many calls.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::{Value, json};
use tests::api::Api;
use tests::era::Era;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::state;
use tests::upstream::{Canned, CannedTool, Reply, servers};

const ADMIN: &str = "key-of-the-operator-4711";

const FIELDS: [&str; 10] =
    ["at", "duration_ms", "event", "execution", "key", "received_bytes", "sent_bytes", "server", "status", "tool"];

fn tools() -> Vec<CannedTool> {
    let failed = json!({"content": [{"type": "text", "text": "said-by-the-tool"}], "isError": true});
    vec![
        CannedTool::text("who", "said-by-the-tool").with("outputSchema", json!({"type": "object"})),
        CannedTool::new("fails", Reply::Result(failed)),
        CannedTool::new("refuses", Reply::Error(json!({"code": -32_050, "message": "said-by-the-tool"}))),
    ]
}

/// The lines about calls of which nobody has asked yet, once so many are there: the host prints them behind its answers.
async fn lines(gateway: &Gateway, seen: &mut usize, expected: usize) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let output = gateway.output();
        let whole = output.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let lines: Vec<Value> = whole
            .filter(|line| line.contains("\"event\":\"call\""))
            // Spin and others may put something before it.
            .map(|line| serde_json::from_str(&line[line.find('{').unwrap_or_default()..]).expect("a line of JSON"))
            .collect();
        if lines.len() >= *seen + expected || started.elapsed() > Duration::from_secs(5) {
            let new = lines[*seen..].to_vec();
            *seen = lines.len();
            return new;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn each_call_has_a_line_of_its_own() {
    tests::run(async {
        let up = Canned::start(tools()).await;
        let declared = servers([("up", up.url()), ("down", "http://127.0.0.1:1/mcp".to_owned())]);
        let gateway = Gateway::start_apart(&[("servers", &declared), ("admin_key", ADMIN)]).await;
        let key = gateway.api().with_key(ADMIN).add_key(json!({"name": "name-of-the-key"})).await;
        let client = gateway.client().with_key(&key.text);
        let mut seen = 0;
        let arguments = json!({"planted_name": "planted-argument"});

        let run = client
            .execute(
                "const given = { planted_name: 'planted-argument' };
                await tools.up.who(given);
                return await Promise.allSettled([tools.up.fails(given), tools.up.refuses({}), tools.down.any({})])",
            )
            .await;
        let told = lines(&gateway, &mut seen, 4).await;
        let mut summary: Vec<[&Value; 3]> =
            told.iter().map(|line| [&line["server"], &line["tool"], &line["status"]]).collect();
        summary.sort_by_key(|line| format!("{line:?}"));
        let expected = [
            ["down", "any", "unreachable"],
            ["up", "fails", "tool-error"],
            ["up", "refuses", "rpc"],
            ["up", "who", "ok"],
        ];
        assert_eq!(json!(summary), json!(expected));
        for line in &told {
            assert_eq!(line["execution"], *run.member("execution_id"), "{line}");
        }

        client.call_directly("up__who", arguments.clone()).await;
        client.call_directly("up__fails", arguments.clone()).await;
        client.call_directly("down__any", arguments.clone()).await;
        for era in Era::ALL {
            let peer = Peer::of(era, client, "/mcp/up").await;
            peer.request("tools/call", json!({"name": "who", "arguments": arguments.clone()})).await;
        }
        client.request_at("/mcp/nobody", "tools/call", json!({"name": "who", "arguments": arguments.clone()})).await;
        // The handshake of the legacy era is two of them.
        let later = lines(&gateway, &mut seen, 8).await;
        let called = |server: &str, tool: &str, status: &str| {
            later
                .iter()
                .filter(|line| line["server"] == server && line["tool"] == tool && line["status"] == status)
                .count()
        };
        assert_eq!((called("up", "who", "ok"), called("up", "fails", "tool-error")), (3, 1), "{later:#?}");
        assert_eq!(called("down", "any", "unreachable"), 1, "{later:#?}");
        assert_eq!(called("nobody", "who", "unknown-server"), 1, "{later:#?}");

        let executions: BTreeSet<String> = later.iter().map(|line| line["execution"].to_string()).collect();
        assert_eq!(executions.len(), later.len(), "each of these is an execution of its own");
        for line in told.iter().chain(&later) {
            let fields: Vec<&String> = line.as_object().expect("an object").keys().collect();
            let mut sorted = fields.clone();
            sorted.sort();
            assert_eq!(sorted, FIELDS, "{line}");
            assert_eq!((&line["event"], &line["key"]), (&json!("call"), &json!(key.id)), "{line}");
            let at = line["at"].as_str().expect("a text");
            assert!(at.len() == 24 && at.ends_with('Z'), "{at}");
        }
        let output = gateway.output();
        for word in ["planted", "said-by-the-tool", "name-of-the-key"] {
            assert!(!output.contains(word), "{word} in {output}");
        }
    });
}

/// The rows of usage, `[key, server, tool, calls, failures]`, in order.
async fn rows(api: Api, query: &str) -> Vec<Value> {
    let page = api.get(&format!("/usage{query}")).await;
    let row = |row: &Value| json!([row["key"], row["server"], row["tool"], row["calls"], row["failures"]]);
    let mut rows: Vec<Value> = page["items"].as_array().expect("rows").iter().map(row).collect();
    rows.sort_by_key(ToString::to_string);
    rows
}

#[test]
fn calls_are_counted_by_key_server_and_tool() {
    tests::run(async {
        let up = Canned::start(tools()).await;
        let declared = servers([("up", up.url()), ("down", "http://127.0.0.1:1/mcp".to_owned())]);
        let gateway = Gateway::start_with(&[("servers", &declared), ("admin_key", ADMIN)]).await;
        let api = gateway.api().with_key(ADMIN);
        let key = api.add_key(json!({})).await;
        let (client, operator) = (gateway.client().with_key(&key.text), gateway.client().with_key(ADMIN));
        let unknown = api.get("/servers/up/health").await;
        assert_eq!(unknown["state"], "unknown", "{unknown}");

        client.execute("for (let i = 0; i < 5; i += 1) await tools.up.who({}); return 1").await;
        client.execute("return await Promise.allSettled([tools.up.fails({}), tools.down.any({})])").await;
        client.call_directly("up__who", json!({})).await;
        operator.request_at("/mcp/up", "tools/call", json!({"name": "who", "arguments": {}})).await;
        operator.request_at("/mcp/invented", "tools/call", json!({"name": "invented", "arguments": {}})).await;

        let counted = rows(api, "").await;
        for expected in [
            json!([key.id, "up", "who", 6, 0]),
            json!([key.id, "up", "fails", 1, 1]),
            json!([key.id, "down", "any", 1, 1]),
            json!(["operator", "up", "who", 1, 0]),
        ] {
            assert!(counted.contains(&expected), "{expected} in {counted:#?}");
        }
        assert!(!json!(counted).to_string().contains("invented"), "names that nobody knows are not kept: {counted:#?}");
        let of_server = rows(api, "?server=down").await;
        assert_eq!(of_server, [json!([key.id, "down", "any", 1, 1])]);
        let of_key = rows(api, "?key=operator").await;
        assert!(!of_key.is_empty() && of_key.iter().all(|row| row[0] == "operator"), "{of_key:?}");

        let health = api.get("/health").await;
        let of = |alias: &str| {
            let mut all = health["items"].as_array().expect("a list").iter();
            all.find(|one| one["alias"] == alias).cloned().unwrap_or_default()
        };
        assert_eq!((of("up")["state"].clone(), of("down")["state"].clone()), (json!("healthy"), json!("failing")));
        assert!(of("up")["lastSuccessAt"].is_string() && of("up")["catalog"]["state"] == "fresh", "{health:#}");
        assert_eq!(of("down")["lastError"], "unreachable", "{health:#}");
        assert!(of("down")["lastFailureAt"].is_string(), "{health:#}");
    });
}

#[test]
fn a_test_and_a_list_of_tools_show_how_a_server_does() {
    tests::run(async {
        let up = Canned::start(tools()).await;
        let declared = servers([("up", up.url()), ("down", "http://127.0.0.1:1/mcp".to_owned())]);
        let gateway = Gateway::start_apart(&[("servers", &declared)]).await;
        let (client, api) = (gateway.client(), gateway.api());
        let expect = async |alias: &str, state: &str| {
            let started = Instant::now();
            loop {
                let health = api.get(&format!("/servers/{alias}/health")).await;
                if health["state"] == state {
                    return;
                }
                assert!(started.elapsed() < Duration::from_secs(5), "{state}: {health:#}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        client.call("search_tools", json!({"query": "who"})).await;
        expect("up", "healthy").await;
        expect("down", "failing").await;
        for alias in ["one", "two"] {
            api.ask("PUT", &format!("/servers/{alias}"), json!({"url": "http://127.0.0.1:1/mcp"})).await;
            expect(alias, "unknown").await;
        }
        api.ask("POST", "/servers/one/test", Value::Null).await;
        expect("one", "failing").await;
        api.ask("DELETE", "/servers/one", Value::Null).await;
        api.ask("PUT", "/servers/one", json!({"url": up.url()})).await;
        expect("one", "unknown").await;
        api.ask("POST", "/servers/two/refresh", Value::Null).await;
        expect("two", "failing").await;
        assert_eq!(rows(api, "").await, Vec::<Value>::new(), "nobody called a tool");
    });
}

#[test]
fn many_calls_are_few_writes() {
    tests::run(async {
        let up = Canned::start(tools()).await;
        let gateway = Gateway::start(&servers([("up", up.url())])).await;
        let (client, api) = (gateway.client(), gateway.api());
        let burst = async |calls: usize| {
            let code = format!("for (let i = 0; i < {}; i += 1) await tools.up.who({{}}); return 1", calls / 20);
            join_all((0..20).map(|_| client.execute(&code))).await;
        };
        burst(20).await;
        // What the first calls wrote is written: tools, connections, counters.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let before = state::writes(gateway.state());
        burst(800).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let written = state::writes(gateway.state()) - before;
        // At most one a second and instance, of which there are as many as requests at the same time.
        assert!((1..=60).contains(&written), "{written} writes for 800 calls");
        // And none is lost.
        assert_eq!(rows(api, "").await, [json!(["operator", "up", "who", 820, 0])]);
    });
}
