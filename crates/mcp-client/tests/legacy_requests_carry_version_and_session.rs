use mcp::TraceContext;
use mcp_client::{Client, Deadlines, Limits};
use scripted_upstream::{Answer, CREDENTIAL, Upstream, VirtualClock, client, run, server, servers};
use serde_json::{Map, json};

#[test]
fn everything_after_initialize_has_both_headers() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        servers::legacy(received).unwrap_or_else(|| Answer::json(200, &received.result(servers::text_result("ok"))))
    });
    let client = client(&clock, &upstream);
    run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default())).expect("a result");

    let received = upstream.received();
    let [_, initialize, initialized, call] = received.as_slice() else { panic!("{:?}", upstream.methods()) };
    assert_eq!(initialize.header("mcp-session-id"), "");
    assert_eq!(initialize.body["params"]["protocolVersion"], "2025-11-25");
    assert_eq!(initialize.body["params"]["capabilities"], json!({}));
    assert_eq!(initialize.body["params"]["clientInfo"]["name"], "bobbin");
    assert_eq!(initialized.body, json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    for received in [initialized, call] {
        assert_eq!(received.header("mcp-session-id"), servers::SESSION);
        assert_eq!(received.header("mcp-protocol-version"), "2025-11-25");
    }
    assert_eq!(call.body["params"], json!({"name": "a", "arguments": {}}));
    assert_eq!(call.header("mcp-method"), "", "the headers of the modern era stay away");
}

#[test]
fn every_request_has_the_headers_of_http() {
    let clock = VirtualClock::default();
    let upstream =
        Upstream::new(&clock, |received| servers::legacy(received).unwrap_or_else(|| servers::tools(received, &["a"])));
    run(&clock, client(&clock, &upstream).list_tools()).expect("a list");
    for received in upstream.received() {
        assert_eq!(received.header("authorization"), CREDENTIAL);
        assert_eq!(received.header("content-type"), "application/json");
        assert_eq!(received.header("accept"), "application/json, text/event-stream");
        assert_eq!(received.header("content-length"), received.body.to_string().len().to_string());
        assert!(received.header("user-agent").starts_with("bobbin/"));
        assert_eq!(received.header("accept-encoding"), "");
    }
}

#[test]
fn a_server_without_sessions_gets_none() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| match received.method() {
        "initialize" => Answer::json(200, &received.result(json!({"protocolVersion": "2025-03-26"}))),
        _ => servers::legacy(received).unwrap_or_else(|| servers::tools(received, &["a"])),
    });
    run(&clock, client(&clock, &upstream).list_tools()).expect("a list");
    let last = upstream.received().pop().expect("a request");
    assert!(!last.headers.contains_key("mcp-session-id"));
    assert_eq!(last.header("mcp-protocol-version"), "2025-03-26");
}

#[test]
fn request_ids_differ_and_fit_into_31_bits() {
    for seed in [0, 7, 0x3fff_ffff, u64::MAX] {
        let clock = VirtualClock::default();
        let upstream = Upstream::new(&clock, |received| {
            servers::legacy(received).unwrap_or_else(|| servers::tools(received, &["a"]))
        });
        let (deadlines, limits) = (Deadlines::default(), Limits::default());
        let client = Client::new(server(), upstream.clone(), clock.clone(), deadlines, limits, seed);
        run(&clock, client.list_tools()).expect("a list");
        run(&clock, client.list_tools()).expect("a list");
        let ids: Vec<u64> = upstream.received().iter().filter_map(|received| received.body["id"].as_u64()).collect();
        assert_eq!(ids.len(), 4);
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]) && ids.iter().all(|id| *id < 1 << 31), "{ids:?}");
    }
}
