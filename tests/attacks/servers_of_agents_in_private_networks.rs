//! Servers that agents add are in public, also where the operator's may be in private networks: `private_upstreams` is for
//! the operator's.

use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tests::gateway::Gateway;
use tokio::net::TcpListener;

const ADMIN: &str = "key-of-the-operator-4711";

/// A port of this machine that counts who connects, and says nothing.
async fn counting() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, SeqCst);
        }
    });
    (port, count)
}

#[test]
fn are_not_reached_by_any_spelling_or_name() {
    tests::run(async {
        let (port, connections) = counting().await;
        let loopback: IpAddr = "127.0.0.1".parse().expect("an address");
        let names = [("tools.example.com", loopback), ("mapped.example.com", "::1".parse().expect("an address"))];
        let variables = [("admin_key", ADMIN), ("agent_registration", "allow"), ("private_upstreams", "allow")];
        let gateway = Gateway::start_resolving(&variables, &names).await;
        let api = gateway.api().with_key(ADMIN);
        let agent = gateway.client().with_key(&api.add_key(json!({})).await.text);
        let hosts = [
            "127.0.0.1",
            "localhost",
            "localhost.",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "0.0.0.0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "[fd00::1]",
            "[fe80::1]",
            "metadata.google.internal",
            "printer.local",
            "intranet",
            "tools.example.com",
            "TOOLS.example.com.",
            "mapped.example.com",
            "user@tools.example.com",
        ];
        for host in hosts {
            for scheme in ["https", "http"] {
                let url = format!("{scheme}://{host}:{port}/mcp");
                let call = json!({"name": "add_server", "arguments": {"alias": "inside", "url": url}});
                let response = agent.request("tools/call", call).await;
                assert_eq!(response["result"]["isError"], true, "{url}: {response}");
            }
        }
        assert_eq!(connections.load(SeqCst), 0, "nobody connects");
        // The operator's are reached by the same name.
        let url = format!("https://tools.example.com:{port}/mcp");
        api.add_server("inside", &url, json!({"timeoutMs": 500})).await;
        let report = api.ask("POST", "/servers/inside/test", Value::Null).await;
        assert_eq!(report["ok"], false, "nobody answers there: {report}");
        assert!(connections.load(SeqCst) > 0, "but it is tried: {report}");
    });
}
