//! How long Bobbin takes, beside an empty component on the same host and beside calling the upstream directly,
//! as a table from one run. `scripts/bench` builds what it needs and runs it.

mod hosts;
mod load;
mod table;

use std::time::Duration;

use load::{Load, Measured};
use serde_json::{Value, json};
use table::Row;
use tests::client::HEADERS;
use tests::corpus;
use tests::gateway::Gateway;
use tests::project;
use tests::upstream::{Stopwatch, servers};

/// The connections of the measurements.
const CONNECTIONS: [usize; 2] = [1, 8];

/// How long each measurement lasts; BENCH_SECONDS says otherwise.
const SECONDS: u64 = 4;

const RETURN: &str = "return 1";
const ONE_CALL: &str = "return (await tools.stopwatch.give({ bytes: 1 })).length";
const TEN_CALLS: &str = "const waits = Array.from({ length: 10 }, () => tools.stopwatch.wait({ ms: 10 }));
    return (await Promise.all(waits)).length";
/// Tools that are searched, on 50 servers that are registered through the API, and how many of them are declared at once.
const SEARCHED: usize = 1_000;
const DECLARED: usize = 50;
const MILLION: &str = "let sum = 0; for (let i = 0; i < 1e6; i++) sum += i; return sum";

fn main() {
    let seconds = std::env::var("BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    let each = Duration::from_secs(seconds);
    match std::env::var("BENCH").as_deref() {
        Err(_) | Ok("") => tests::run_for_long(bench(each)),
        Ok("hosts") => tests::run_for_long(hosts::bench(each)),
        Ok(other) => panic!("BENCH is \"hosts\" or not set, not {other:?}"),
    }
}

async fn bench(each: Duration) {
    let upstream = Stopwatch::start().await;
    let gateway = Gateway::start(&servers([("stopwatch", upstream.url())])).await;
    let empty = Gateway::of_manifest(&project::path("tests/empty-component/spin.toml"), &[]).await;

    let (_servers, registered) = corpus::serve(&corpus::tools(SEARCHED)).await;
    let many = Gateway::start_with(&[]).await;
    let imported = many.client().send("POST", "/api/v1/import", &[HEADERS[0]], registered).await;
    assert!(imported.status.is_success(), "{}", imported.status);

    let empty = Load::new(empty.address(), "/", "", "");
    let direct = |tool: &str, arguments: Value, expected: &str| {
        Load::new(upstream.address(), "/mcp", &call(tool, arguments), expected)
    };
    let script = |code: &str, expected: &str| {
        Load::new(gateway.address(), "/mcp", &call("execute_code", json!({ "code": code })), expected)
    };

    let beside_many =
        Load::new(many.address(), "/mcp", &call("execute_code", json!({"code": RETURN})), "\"result\":1,");
    let search = |arguments: Value, expected: &str| {
        Load::new(many.address(), "/mcp", &call("search_tools", arguments), expected)
    };

    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let measure = |load: Load| load.run(connections, each);
        let empty = measure(empty.clone()).await;
        let upstream = measure(direct("give", json!({"bytes": 1}), "\"x\"")).await;
        let waiting = measure(direct("wait", json!({"ms": 10}), "done")).await;
        let returned = measure(script(RETURN, "\"result\":1,")).await;
        let called = measure(script(ONE_CALL, "\"result\":1,")).await;
        let parallel = measure(script(TEN_CALLS, "\"result\":10,")).await;
        let computed = measure(script(MILLION, "\"result\":499999500000,")).await;
        let searched = measure(search(json!({"query": "create an issue", "detail": "name"}), "issue")).await;
        let beside_many = measure(beside_many.clone()).await;
        let declared = json!({"query": "*", "detail": "full", "limit": DECLARED});
        let declared = measure(search(declared, &format!("\"nextCursor\":\"{DECLARED}\""))).await;
        let row = |name, measured: &Measured, beside: Option<(&'static str, &Measured)>| {
            Row::new(name, connections, measured, beside)
        };
        rows.extend([
            row("an empty component", &empty, None),
            row("the upstream directly, one call", &upstream, None),
            row("the upstream directly, one 10 ms call", &waiting, None),
            row("return 1", &returned, Some(("an empty component", &empty))),
            row("one call", &called, Some(("the upstream directly", &upstream))),
            row("ten parallel 10 ms calls", &parallel, Some(("one 10 ms call directly", &waiting))),
            row("a loop of a million steps", &computed, Some(("return 1", &returned))),
            row("return 1, 1,000 tools on 50 servers", &beside_many, Some(("return 1, one server", &returned))),
            row("a search over 1,000 tools", &searched, Some(("return 1", &returned))),
            row("declaring 50 of 1,000 tools", &declared, Some(("return 1", &returned))),
        ]);
    }
    table::print(&rows);
}

/// A `tools/call` of the legacy, stateless kind.
fn call(tool: &str, arguments: Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
        .to_string()
}
