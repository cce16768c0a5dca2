use mcp::TraceContext;
use mcp_client::{Tool, TransportError};
use scripted_upstream::{Answer, Received, Step, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, json};

/// Lists the tools of a server whose first call breaks off like this, and calls the one of that name.
fn call(name: &str, broken: fn(&Received) -> Answer) -> (bool, usize) {
    let clock = VirtualClock::default();
    let mut calls = 0;
    let upstream = Upstream::new(&clock, move |received| match received.method() {
        "tools/list" => {
            let tool = |name: &str, annotations| json!({"name": name, "inputSchema": {}, "annotations": annotations});
            let tools = json!([
                tool("write", json!({"readOnlyHint": false, "idempotentHint": false})),
                tool("silent", json!({})),
                tool("read", json!({"readOnlyHint": true})),
                tool("set", json!({"idempotentHint": true})),
            ]);
            Answer::json(200, &received.result(json!({"tools": tools})))
        }
        "tools/call" => {
            calls += 1;
            match calls {
                1 => broken(received),
                _ => Answer::json(200, &received.result(servers::text_result("done"))),
            }
        }
        _ => servers::modern(received).expect("a part of the handshake"),
    });
    let client = client(&clock, &upstream);
    let catalog = run(&clock, client.list_tools()).expect("a list");
    let known: Option<&Tool> = catalog.tools.iter().find(|tool| tool.name == name);
    let outcome = run(&clock, client.call_tool(name, Map::new(), known, TraceContext::default()));
    (outcome.is_ok(), upstream.methods().iter().filter(|method| *method == "tools/call").count())
}

const BREAKS: [fn(&Received) -> Answer; 3] = [
    |_| Answer::fails(TransportError::Broken("reset".to_string())),
    |_| Answer::sse(vec![Step::text("data: {"), Step::Break]),
    |_| Answer::sse(vec![Step::text(": nothing more\n\n")]),
];

#[test]
fn tools_that_may_be_called_twice_are() {
    for broken in BREAKS {
        assert_eq!(call("read", broken), (true, 2));
        assert_eq!(call("set", broken), (true, 2));
    }
}

#[test]
fn others_are_not() {
    for broken in BREAKS {
        assert_eq!(call("write", broken), (false, 1));
        assert_eq!(call("silent", broken), (false, 1));
        assert_eq!(call("unknown", broken), (false, 1));
    }
}

#[test]
fn what_is_no_break_is_not_repeated() {
    for answer in [
        (|_: &Received| Answer::fails(TransportError::Refused)) as fn(&Received) -> Answer,
        |_| Answer::status(500),
        |_| Answer::text(200, "application/json", "{"),
        |_| Answer::hangs(),
    ] {
        assert_eq!(call("read", answer), (false, 1));
    }
}

#[test]
fn a_list_that_breaks_off_is_asked_for_again_once() {
    for (breaks, succeeds) in [(1, true), (2, false)] {
        let clock = VirtualClock::default();
        let mut lists = 0;
        let upstream = Upstream::new(&clock, move |received| {
            servers::modern(received).unwrap_or_else(|| {
                lists += 1;
                if lists <= breaks { BREAKS[1](received) } else { servers::tools(received, &["a"]) }
            })
        });
        assert_eq!(run(&clock, client(&clock, &upstream).list_tools()).is_ok(), succeeds);
        assert_eq!(upstream.methods().len(), 3);
    }
}
