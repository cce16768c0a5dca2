mod support;

use scripted_upstream::{Answer, servers};
use serde_json::{Value, json};
use server_registry::{Failure, FailureKind};
use support::{MemoryHost, legacy};

/// Calls a tool of a server that answers calls like this.
fn call(answer: impl Fn(&scripted_upstream::Received) -> Answer + 'static) -> Result<Value, Failure> {
    let host = MemoryHost::default();
    host.serve("x", move |received| servers::modern(received).unwrap_or_else(|| answer(received)));
    host.configure(&["x"]);
    let result = host.call(&host.registry(), "x", "a", "{\"n\": 1}");
    result.map(|text| serde_json::from_str(&text).expect("JSON"))
}

#[test]
fn a_result_is_the_servers_own() {
    let result = json!({"content": [], "structuredContent": {"z": 1, "a": 2}, "isError": true});
    let expected = result.clone();
    assert_eq!(call(move |received| Answer::json(200, &received.result(result.clone()))), Ok(expected));
}

#[test]
fn a_json_rpc_error_keeps_code_and_data() {
    let failure = call(|received| {
        let mut error = received.error(-32042, "No");
        error["error"]["data"] = json!({"why": [1]});
        Answer::json(200, &error)
    })
    .expect_err("an error");
    assert_eq!((failure.kind, failure.code), (FailureKind::Rpc, Some(-32042)));
    assert_eq!(failure.data.as_deref(), Some("{\"why\":[1]}"));
    assert_eq!(failure.message, "Server \"x\" answered tools/call with an error: No (-32042)");
}

#[test]
fn every_other_fault_has_its_kind() {
    for (answer, kind) in [
        (Answer::status(500), FailureKind::HttpStatus),
        (Answer::status(403), FailureKind::HttpStatus),
        (Answer::status(401), FailureKind::Authorization),
        (Answer::status(302).header("location", "http://169.254.169.254/"), FailureKind::HttpStatus),
        (Answer::text(200, "text/html", "<p>"), FailureKind::Protocol),
        (Answer::hangs(), FailureKind::TimedOut),
        (Answer::fails(mcp_client::TransportError::Refused), FailureKind::Unreachable),
    ] {
        let failure = call(move |_| answer.clone()).expect_err("a fault");
        assert_eq!((failure.kind, failure.code, failure.data), (kind, None, None), "{}", failure.message);
    }
}

#[test]
fn arguments_must_be_an_object() {
    let host = MemoryHost::default();
    let upstream = host.serve("x", legacy(&["a"]));
    host.configure(&["x"]);
    for arguments in ["", "{", "[]", "null", "7"] {
        let failure = host.call(&host.registry(), "x", "a", arguments).expect_err(arguments);
        assert_eq!((failure.kind, failure.code), (FailureKind::Rpc, Some(-32602)));
    }
    assert_eq!(upstream.methods(), [] as [&str; 0], "nothing was sent");
}

#[test]
fn a_tool_that_only_reads_is_called_again_when_the_connection_breaks() {
    let host = MemoryHost::default();
    let mut calls = 0;
    host.serve("x", move |received| match received.method() {
        "tools/list" => {
            let tool = json!({"name": "a", "inputSchema": {}, "annotations": {"readOnlyHint": true}});
            Answer::json(200, &received.result(json!({"tools": [tool]})))
        }
        "tools/call" => {
            calls += 1;
            match calls {
                1 => Answer::fails(mcp_client::TransportError::Broken("reset".to_string())),
                _ => Answer::json(200, &received.result(servers::text_result("done"))),
            }
        }
        _ => servers::modern(received).expect("a part of the handshake"),
    });
    host.configure(&["x"]);
    let registry = host.registry();
    host.catalogs(&registry, &["x"])[0].as_ref().expect("a list");
    host.call(&registry, "x", "a", "{}").expect("a result at the second attempt");
}
