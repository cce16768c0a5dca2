//! Whoever makes an error, a script or a server, fills no agent's context with it: errors, and what is told beside them,
//! are short, and say how much is missing.

use serde_json::{Value, json};
use tests::client::{Client, Run};
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

/// Bytes of an answer to a script that fails: the message as structured content and as text, the stack, the line.
const ANSWER_BYTES: usize = 40 << 10;

/// Bytes of the message as JSON.
const MESSAGE_BYTES: usize = 8 << 10;

fn json_bytes(text: &Value) -> usize {
    text.to_string().len() - 2
}

#[track_caller]
fn assert_short(run: &Run, script: &str) {
    let (error, whole) = (run.error(), run.call_result.to_string().len());
    let script: String = script.chars().take(80).collect();
    assert!(error["message"].is_string(), "{script} fails: {whole} bytes");
    assert!(json_bytes(&error["message"]) <= MESSAGE_BYTES + 200, "{script}: {}", json_bytes(&error["message"]));
    assert!(error["stack"].is_null() || json_bytes(&error["stack"]) <= 4 << 10, "{script}");
    assert!(error["frame"].is_null() || json_bytes(&error["frame"]) <= 2 << 10, "{script}");
    assert!(whole <= ANSWER_BYTES, "{script}: {whole} bytes");
}

async fn gateway(tools: Vec<CannedTool>) -> (Gateway, Canned) {
    let canned = Canned::start(tools).await;
    (Gateway::start(&servers([("up", canned.url()), ("down", "http://127.0.0.1:9/mcp".to_owned())])).await, canned)
}

#[test]
fn of_a_script_end_soon() {
    tests::run(async {
        let (gateway, _canned) = gateway(vec![CannedTool::text("a", "x")]).await;
        let client = gateway.client();
        // Of most the message says how much is missing.
        for script in [
            "throw new Error('x'.repeat(5e6))",
            "throw new Error('\\u0001'.repeat(3e6))",
            "throw new Error('\"'.repeat(3e6))",
            "throw new Error('\\u{1f600}'.repeat(5e5))",
            "throw 'x'.repeat(5e6)",
            "throw ['x'.repeat(5e6)]",
            "throw Symbol('x'.repeat(5e6))",
            "throw { message: 'x'.repeat(5e6) }",
            "throw Object.assign(new Error('a'), { name: 'n'.repeat(5e6) })",
            "class E extends Error { get name() { return 'n'.repeat(5e6) } } throw new E('a')",
            "Promise.reject(new Error('x'.repeat(5e6))); await tools.up.a({})",
            "await Promise.reject(new Error('x'.repeat(5e6)))",
            "await tools.up['t'.repeat(1e6)]({})",
            "await tools['s'.repeat(1e6)].t({})",
            "await tools.up.a('x'.repeat(1e6))",
            "return { ['k'.repeat(1e6)]: 1n }",
            "return { ['k'.repeat(1e6)]: () => 1 }",
            "new Intl['x'.repeat(1e6)]()",
            "JSON.parse('[' + 'x'.repeat(1e6))",
            "null['k'.repeat(1e6)]",
            "decodeURIComponent('%'.repeat(1e6))",
            "new RegExp('('.repeat(10) + 'x'.repeat(1e5))",
        ] {
            assert_short(&client.execute(script).await, script);
        }
        let run = client.execute("throw new Error('x'.repeat(5e6))").await;
        assert!(run.error_message().ends_with(" more bytes"), "{}", &run.error_message()[8_000..]);
        let named: usize =
            run.error_message().rsplit(' ').nth(2).and_then(|count| count.parse().ok()).expect("a number");
        assert_eq!(run.error_message().trim_end_matches(|c| c != '…').len() - '…'.len_utf8() + named, 5_000_000);
        // A name, however long, leaves room for what was said.
        let run = client.execute("throw Object.assign(new Error('what was said'), { name: 'n'.repeat(5e6) })").await;
        assert!(run.error_message().ends_with("more bytes: what was said"), "{}", run.error_message());
        // One that does not fit into the memory any more is one all the same.
        let run = client.execute("throw new Error('é'.repeat(1.2e7))").await;
        assert!(matches!(run.error_kind(), "runtime" | "memory"), "{}", run.error_message());
    });
}

#[test]
fn of_functions_with_long_names_have_short_stacks() {
    tests::run(async {
        let (gateway, _canned) = gateway(Vec::new()).await;
        let script = "const f = { ['n'.repeat(1e6)]: (depth) => {
                if (depth) return Object.values(f)[0](depth - 1) + 1;
                throw new Error('deep');
            } };
            Object.values(f)[0](12)";
        let run = gateway.client().execute(script).await;
        assert_short(&run, script);
        let stack = run.error()["stack"].as_str().expect("a stack");
        assert!(stack.contains("more bytes (") && stack.starts_with("at nnn"), "{stack}");
        assert_eq!(run.error()["line"], 3);
    });
}

#[test]
fn of_long_lines_show_what_is_around_the_place() {
    tests::run(async {
        let (gateway, _canned) = gateway(Vec::new()).await;
        for (before, fault, after) in [
            ("let a=1;".repeat(15_000), "nowhere();", "let b=2;".repeat(15_000)),
            ("\t".repeat(100_000), "nowhere()", String::new()),
            (String::new(), "nowhere(", "'é'+".repeat(40_000)),
            (format!("'{}';", "\u{1}".repeat(200_000)), "nowhere()", String::new()),
        ] {
            let script = format!("{before}{fault}{after}").replace("let a", "var a").replace("let b", "var b");
            let run = gateway.client().execute(&script).await;
            assert_short(&run, &script);
            let frame = run.error()["frame"].as_str().expect("a frame");
            let (line, caret) = frame.split_once('\n').expect("a line and a caret");
            assert!(line.chars().count() < 140 && caret.chars().count() < 140, "{frame}");
        }
    });
}

fn failing() -> Vec<CannedTool> {
    let long = || "long ".repeat(600_000);
    let data = || json!({"rows": vec!["row"; 400_000], "first": 1});
    vec![
        CannedTool::new(
            "error",
            Reply::Result(json!({"isError": true, "content": [{"type": "text", "text": long()}]})),
        ),
        CannedTool::new(
            "control",
            Reply::Result(json!({"isError": true, "content": [{"type": "text", "text": "\u{1}".repeat(500_000)}]})),
        ),
        CannedTool::new(
            "structured",
            Reply::Result(json!({"isError": true, "content": [], "structuredContent": data()})),
        ),
        CannedTool::new("rpc", Reply::Error(json!({"code": -32_000, "message": long()}))),
        CannedTool::new("data", Reply::Error(json!({"code": -32_000, "message": "no", "data": data()}))),
    ]
}

#[test]
fn of_tools_end_soon() {
    tests::run(async {
        let (gateway, _canned) = gateway(failing()).await;
        let client = gateway.client();
        for tool in ["error", "control", "structured", "rpc", "data"] {
            let script = format!("await tools.up.{tool}({{}})");
            assert_short(&client.execute(&script).await, &script);
        }
        // A script may want to read all that a tool said.
        let caught = |tool: &str, value: &str| {
            format!("try {{ await tools.up.{tool}({{}}) }} catch (error) {{ return {value} }}")
        };
        let run = client.execute(&caught("error", "error.message.length")).await;
        assert_eq!(*run.value(), json!(3_000_000));
        for tool in ["structured", "data"] {
            let run = client.execute(&caught(tool, "[JSON.stringify(error.data).length, error.data]")).await;
            assert!(run.value()[0].as_u64().expect("a length") <= 64 << 10, "{tool}");
            assert!(run.value()[1]["truncated"].as_str().expect("a word").contains("are missing"), "{tool}");
        }
        let run = client.execute(&caught("rpc", "error.message")).await;
        let message = run.value().as_str().expect("a text");
        assert!(message.len() < 5_000 && message.contains("more bytes"), "{message}");
    });
}

/// Without Code Mode a result is the tool's own, and passes as it is: the limit is that of results. An error of JSON-RPC
/// is the gateway's answer.
#[test]
fn of_tools_pass_without_code_mode_as_results_do() {
    tests::run(async {
        let (gateway, _canned) = gateway(failing()).await;
        let client = gateway.client();
        let failed = client.call_directly("up__error", json!({})).await;
        assert_eq!(failed["result"]["isError"], true);
        assert_eq!(failed["result"]["content"][0]["text"].as_str().map(str::len), Some(3_000_000));
        for tool in ["up__rpc", "up__data"] {
            let failed = client.call_directly(tool, json!({})).await;
            assert!(failed["error"].is_object() && failed.to_string().len() < 72 << 10, "{tool}");
        }
    });
}

#[test]
fn of_servers_are_short_wherever_they_are_told() {
    tests::run(async {
        let long = "long".repeat(200);
        let malformed = (0..4_000).map(|number| {
            CannedTool::new(&format!("{long}{number}"), Reply::Arguments).with("inputSchema", json!("none"))
        });
        let (gateway, _canned) = gateway(malformed.collect()).await;
        let client = gateway.client();
        let listed = client.call("list_servers", json!({})).await;
        let up = listed["servers"].as_array().expect("a list").iter().find(|server| server["alias"] == "up");
        let message = up.expect("it is there")["message"].as_str().expect("what is wrong");
        assert!(message.len() < 4_000 && message.contains("and 3995 more"), "{message}");
    });
}

/// Names that no catalog bounds: a server that is down takes any.
#[test]
fn calls_are_listed_by_short_names() {
    tests::run(async {
        let (gateway, _canned) = gateway(Vec::new()).await;
        let client = gateway.client();
        let script = "await Promise.allSettled([...'a'.repeat(30)].map((_, i) => tools.down['t'.repeat(2e5) + i]({}))); throw new Error('x')";
        let run = client.execute(script).await;
        let calls = run.member("calls").as_array().expect("calls");
        assert_eq!(calls.len(), 30);
        assert!(calls.iter().all(|call| call["tool"].as_str().is_some_and(|name| name.len() <= 256)));
        assert!(run.call_result.to_string().len() < 64 << 10, "{}", run.call_result.to_string().len());
        let limited = Gateway::start_with(&[
            ("servers", servers([("down", "http://127.0.0.1:9/mcp".to_owned())]).as_str()),
            ("listed_calls", "10"),
        ])
        .await;
        let run = limited.client().execute(script).await;
        assert_eq!(run.member("calls").as_array().map(Vec::len), Some(10));
        assert_eq!(*run.member("calls_left_out"), json!(20));
        assert!(run.text().contains("… 20 more calls"), "{}", run.text());
    });
}

/// What a client sends comes back in errors, as far as it has to.
#[test]
fn of_requests_repeat_little() {
    tests::run(async {
        let (gateway, _canned) = gateway(Vec::new()).await;
        let client = gateway.client();
        let long = "l".repeat(1_000_000);
        let requests: Vec<(&str, &str, Value)> = vec![
            ("/mcp", "tools/call", json!({"name": long})),
            ("/mcp", "tools/call", json!({"name": "execute_code", "arguments": {(long.clone()): 1}})),
            ("/mcp", "tools/call", json!({"name": "search_tools", "arguments": {"server": long}})),
            ("/mcp", "tools/call", json!({"name": "search_tools", "arguments": {"cursor": long}})),
            ("/mcp", "tools/call", json!({"name": "search_tools", "arguments": {"detail": long}})),
            ("/mcp", "tools/list", json!({"cursor": long})),
            ("/mcp", long.as_str(), json!({})),
            ("/mcp", "resources/read", json!({"uri": long})),
            ("/mcp", "prompts/get", json!({"name": long})),
            ("/mcp?mode=direct", "tools/call", json!({"name": long})),
            ("/mcp?mode=direct", "tools/call", json!({"name": format!("down__{long}")})),
            ("/mcp?mode=direct", "tools/list", json!({"cursor": long})),
        ];
        for (path, method, params) in requests {
            let answer = client.request_at(path, method, params).await.to_string().len();
            assert!(answer < 80 << 10, "{path} {}: {answer}", &method[..method.len().min(20)]);
        }
        assert_short_problem(client, &long).await;
    });
}

async fn assert_short_problem(client: Client, long: &str) {
    let api = tests::api::Api::new(client);
    for (method, path, body) in [
        ("POST", "/servers", json!({"alias": long, "url": "x"})),
        ("POST", "/servers", json!({(long): 1})),
        ("POST", "/servers", json!({"alias": "a", "url": format!("https://{long}.example/{long}")})),
        ("POST", "/import", json!({"mcpServers": {"a": {"url": "https://example.com/", "headers": {(long): 1}}}})),
        ("POST", "/import", json!({"mcpServers": {"a": {"type": long}}})),
        ("POST", "/keys", json!({"name": "a", "servers": [long]})),
    ] {
        let answer = api.send(method, path, &[], body).await;
        let bytes = answer.body.to_string().len();
        assert!(bytes < 16 << 10, "{method} {path}: {bytes}");
    }
}

#[test]
fn follow_the_settings() {
    tests::run(async {
        let canned = Canned::start(failing()).await;
        let gateway = Gateway::start_with(&[
            ("servers", servers([("up", canned.url())]).as_str()),
            ("error_message", "300"),
            ("error_stack", "100"),
            ("error_name", "60"),
            ("error_data", "1000"),
        ])
        .await;
        let client = gateway.client();
        let run =
            client.execute("function named_so() { throw new TypeError('x'.repeat(1e4)) } named_so(); named_so()").await;
        assert!(json_bytes(&run.error()["message"]) <= 300, "{}", run.error_message());
        assert!(run.error_message().starts_with("TypeError: xxx") && run.error_message().ends_with("more bytes"));
        assert!(json_bytes(&run.error()["stack"]) <= 100);
        let run = client.execute("throw Object.assign(new Error('a'), { name: 'n'.repeat(1e4) })").await;
        assert!(
            run.error_message().len() <= 64 && run.error_message().ends_with("more bytes: a"),
            "{}",
            run.error_message()
        );
        let run = client
            .execute("try { await tools.up.data({}) } catch (error) { return JSON.stringify(error.data).length }")
            .await;
        assert!(run.value().as_u64().is_some_and(|length| length <= 1_000), "{}", run.value());
    });
}
