use mcp_client::{Problem, SharedMethod};
use scripted_upstream::{Answer, Received, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, Value, json};

fn params(value: Value) -> Map<String, Value> {
    let Value::Object(params) = value else { panic!("an object") };
    params
}

fn read_resource(received: &Received) -> Answer {
    Answer::json(200, &received.result(json!({"contents": [{"uri": "test://a", "text": "hello"}]})))
}

#[test]
fn a_modern_server_gets_what_it_wants_mirrored() {
    let clock = VirtualClock::default();
    let upstream =
        Upstream::new(&clock, |received| servers::modern(received).unwrap_or_else(|| read_resource(received)));
    let asked = params(json!({"uri": "test://a", "_meta": {"traceparent": "00-1-2-01"}}));
    let result = run(&clock, client(&clock, &upstream).relay(SharedMethod::ResourcesRead, asked)).expect("contents");
    assert_eq!(result["contents"][0]["text"], "hello");
    let received = upstream.received();
    let sent = received.last().expect("the request");
    assert_eq!((sent.header("mcp-method"), sent.header("mcp-name")), ("resources/read", "test://a"));
    assert_eq!(sent.body["params"]["_meta"]["traceparent"], "00-1-2-01");
    assert_eq!(sent.body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
}

#[test]
fn a_legacy_server_gets_them_as_they_are() {
    let clock = VirtualClock::default();
    let upstream =
        Upstream::new(&clock, |received| servers::legacy(received).unwrap_or_else(|| read_resource(received)));
    let asked = params(json!({"uri": "test://a"}));
    run(&clock, client(&clock, &upstream).relay(SharedMethod::ResourcesRead, asked)).expect("contents");
    let received = upstream.received();
    let sent = received.last().expect("the request");
    assert_eq!((sent.header("mcp-session-id"), sent.header("mcp-name")), (servers::SESSION, ""));
    assert_eq!(sent.body["params"], json!({"uri": "test://a"}));
}

#[test]
fn a_result_that_asks_for_input_is_an_error() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let asks = json!({"resultType": "input_required", "inputRequests": {"a": {"method": "roots/list"}}});
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(asks)))
    });
    let asked = params(json!({"name": "p"}));
    let error = run(&clock, client(&clock, &upstream).relay(SharedMethod::PromptsGet, asked)).expect_err("no input");
    assert!(matches!(*error.problem, Problem::Protocol { .. }) && error.to_string().contains("roots/list"), "{error}");
}
