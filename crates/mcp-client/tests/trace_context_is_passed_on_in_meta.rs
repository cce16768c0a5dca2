use mcp::TraceContext;
use scripted_upstream::{Answer, Received, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, Value};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The `_meta` of a call in a trace, to a server of one era.
fn meta_of_call(handshake: fn(&Received) -> Option<Answer>) -> Value {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| {
        handshake(received).unwrap_or_else(|| Answer::json(200, &received.result(servers::text_result("ok"))))
    });
    let trace = TraceContext::of_members([("traceparent".to_string(), PARENT.to_string())]);
    run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, trace)).expect("a result");
    upstream.received().last().expect("the call").body["params"]["_meta"].clone()
}

#[test]
fn to_servers_of_both_eras() {
    let modern = meta_of_call(servers::modern);
    assert_eq!(modern["traceparent"], PARENT);
    assert_eq!(modern["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
    assert_eq!(meta_of_call(servers::legacy), serde_json::json!({"traceparent": PARENT}));
}
