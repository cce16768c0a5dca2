//! Whatever bytes answer a request, in whatever chunks, the client comes to an end and closes the exchange.

use mcp::TraceContext;
use mcp_client::Limits;
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest},
    test_runner::Config,
};
use scripted_upstream::{Answer, Step, Upstream, VirtualClock, client_within, run, servers};
use serde_json::Map;

const LIMITS: Limits = Limits {
    answer_bytes: 1_000,
    stream_bytes: 2_000,
    pages: 3,
    tools: 10,
    catalog_bytes: 1_000,
    resumptions: 2,
    server_requests: 5,
    replies_at_once: 2,
};

/// Pieces that answers are made of, whole and broken. `ID` stands for the id of the request.
fn body() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("data: ".to_string()),
        Just("\n\n".to_string()),
        Just("\r".to_string()),
        Just("id: 1\nretry: 1\n".to_string()),
        Just("event: message\n".to_string()),
        Just(r#"{"jsonrpc":"2.0","id":ID,"#.to_string()),
        Just(
            r#""result":{"tools":[{"name":"a","inputSchema":{"properties":{"x":{"x-mcp-header":"X"}}}}]}}"#.to_string()
        ),
        Just(r#""result":{"content":[]},"nextCursor":"a"}"#.to_string()),
        Just(r#""method":"ping","params":{}}"#.to_string()),
        Just(r#""error":{"code":-32020,"message":"no session"}}"#.to_string()),
        Just("[".to_string()),
        Just("]".to_string()),
        Just(",".to_string()),
        ".{0,8}",
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn kind() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("application/json"), Just("text/event-stream"), Just("text/html"), Just("")]
}

proptest! {
    #![proptest_config(Config { cases: 1_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn to_a_list_and_to_a_call(
        body in body(),
        cut in any::<usize>(),
        kind in kind(),
        status in prop_oneof![4 => Just(200u16), 1 => 202u16..600],
        is_legacy in any::<bool>(),
    ) {
        let clock = VirtualClock::default();
        let upstream = Upstream::new(&clock, move |received| {
            let handshake = if is_legacy { servers::legacy(received) } else { servers::modern(received) };
            handshake.unwrap_or_else(|| {
                let body = body.replace("ID", &received.body["id"].to_string());
                let mut cut = cut % (body.len() + 1);
                while !body.is_char_boundary(cut) {
                    cut -= 1;
                }
                Answer::text(status, kind, &body[..cut]).then([Step::text(&body[cut..])])
            })
        });
        let client = client_within(&clock, &upstream, LIMITS);
        // Results and errors are both in order.
        let known = run(&clock, client.list_tools()).ok();
        let tool = known.iter().flat_map(|catalog| &catalog.tools).next();
        let _outcome = run(&clock, client.call_tool("a", Map::new(), tool, TraceContext::default()));
        prop_assert_eq!(upstream.open(), 0);
    }
}
