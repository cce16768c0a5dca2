//! The hosts beside each other: the local one, Spin as it comes, and Spin as `scripts/up` starts it; on kept connections
//! and with a new one for each request. `scripts/bench hosts`, with Spin on the PATH.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tests::gateway::Gateway;
use tests::host_process::{HostProcess, SPIN_ARGUMENTS};
use tests::project;
use tests::upstream::{Stopwatch, servers};

use crate::load::Load;
use crate::{ONE_CALL, RETURN, TEN_CALLS, call};

/// Prints medians in milliseconds, as a table in Markdown.
pub async fn bench(each: Duration) {
    let upstream = Stopwatch::start().await;
    let servers = servers([("stopwatch", upstream.url())]);
    let variables = [("servers", servers.as_str()), ("private_upstreams", "allow")];
    let manifest = project::path("spin.toml");

    println!("| p50, 1 connection | return 1 | one call | ten parallel 10 ms calls |\n|---|---|---|---|");
    let local = Gateway::start_with(&variables).await;
    row("the local host", local.address(), each).await;
    drop(local);
    for (name, arguments) in [("Spin as it comes", &[][..]), ("Spin as recommended", &SPIN_ARGUMENTS[..])] {
        let state = tempfile::tempdir().expect("a temporary folder");
        let spin = HostProcess::spin_with(&manifest, &variables, state.path(), arguments);
        row(name, spin.address(), each).await;
    }
}

async fn row(name: &str, address: SocketAddr, each: Duration) {
    let script = |code: &str, expected: &str| {
        Load::new(address, "/mcp", &call("execute_code", json!({ "code": code })), expected)
    };
    let loads =
        [script(RETURN, "\"result\":1,"), script(ONE_CALL, "\"result\":1,"), script(TEN_CALLS, "\"result\":10,")];
    for (connections, reconnects) in [("kept", false), ("new", true)] {
        let mut line = format!("| {name}, {connections} connections |");
        for load in loads.clone() {
            let load = if reconnects { load.reconnecting() } else { load };
            let p50 = load.run(1, each).await.p50;
            line += &format!(" {:.1} ms |", p50.as_secs_f64() * 1e3);
        }
        println!("{line}");
    }
}
