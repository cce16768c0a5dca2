//! What the client mirrors in headers, the gateway's own side towards agents decodes to what the body says.

use mcp::TraceContext;
use mcp_client::{MirroredParameter, Tool};
use mcp_server::{Received as Read, receive};
use proptest::{
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    test_runner::Config,
};
use scripted_upstream::{Answer, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, Value};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        " {0,2}[ -~]{0,8} {0,2}",
        Just("=?base64?Zm9v?=".to_string()),
        Just("=?base64?".to_string()),
        Just("line\r\nx-injected: 1".to_string()),
    ]
}

fn tool(name: &str) -> Tool {
    Tool {
        name: name.to_string(),
        title: None,
        description: None,
        input_schema: "{}".to_string(),
        output_schema: None,
        annotations: None,
        mirrored: vec![MirroredParameter { path: vec!["x".to_string()], header: "X".to_string() }],
        repeatable: false,
    }
}

proptest! {
    #![proptest_config(Config { cases: 1_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn names_and_arguments(name in text(), argument in text()) {
        let clock = VirtualClock::default();
        let upstream = Upstream::new(&clock, |received| {
            let done = || Answer::json(200, &received.result(servers::text_result("done")));
            servers::modern(received).unwrap_or_else(done)
        });
        let arguments: Map<String, Value> = [("x".to_string(), Value::from(argument))].into_iter().collect();
        let outcome = run(&clock, client(&clock, &upstream).call_tool(&name, arguments, Some(&tool(&name)), TraceContext::default()));
        prop_assert!(outcome.is_ok());

        let received = upstream.received();
        let call = received.last().expect("a call");
        prop_assert!(call.headers.contains_key("mcp-param-x") && !call.headers.contains_key("x-injected"));
        let read = receive(&call.http_method, &call.headers, call.body.to_string().as_bytes());
        let Read::Exchange(exchange) = read else { panic!("{:?} is refused", call.headers) };
        prop_assert_eq!(exchange.request.params["name"].as_str(), Some(name.as_str()));
    }
}
