use mcp::ProtocolVersion;
use mcp::TraceContext;
use mcp_client::{Fault, Problem, TransportError};
use scripted_upstream::{Answer, Received, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, json};

/// Probes a server that answers `server/discover` like this, and `initialize` like a legacy server.
fn methods_after_discover(discover: impl Fn(&Received) -> Answer + 'static) -> Vec<String> {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| match received.method() {
        "server/discover" => discover(received),
        _ => servers::legacy(received).unwrap_or_else(|| servers::tools(received, &["a"])),
    });
    let client = client(&clock, &upstream);
    run(&clock, client.list_tools()).expect("a list");
    run(&clock, client.list_tools()).expect("a second list");
    upstream.methods()
}

const MODERN: [&str; 3] = ["server/discover", "tools/list", "tools/list"];
const LEGACY: [&str; 5] = ["server/discover", "initialize", "notifications/initialized", "tools/list", "tools/list"];

#[test]
fn success_means_modern() {
    assert_eq!(methods_after_discover(|received| servers::modern(received).expect("an answer")), MODERN);
}

#[test]
fn errors_that_only_a_modern_server_gives_mean_modern() {
    for code in [-32020, -32021] {
        assert_eq!(methods_after_discover(move |received| Answer::json(400, &received.error(code, "no"))), MODERN);
    }
}

#[test]
fn any_other_refusal_means_initialize() {
    for status in [400, 401, 404, 405, 406, 415, 422, 500, 501] {
        assert_eq!(methods_after_discover(move |_| Answer::status(status)), LEGACY, "{status} without a body");
        let html = move |_: &Received| Answer::text(status, "text/html", "<h1>No</h1>");
        assert_eq!(methods_after_discover(html), LEGACY, "{status} with HTML");
    }
    for status in [200, 400, 404] {
        let refusal = move |received: &Received| Answer::json(status, &received.error(-32601, "Method not found"));
        assert_eq!(methods_after_discover(refusal), LEGACY, "{status} with JSON-RPC");
    }
    assert_eq!(methods_after_discover(|_| Answer::status(202)), LEGACY);
    assert_eq!(
        methods_after_discover(|received| Answer::json(
            400,
            &json!({"jsonrpc": "2.0", "id": null,
            "error": {"code": -32000, "message": received.method()}})
        )),
        LEGACY
    );
}

#[test]
fn a_server_that_answers_anything_is_asked_for_its_versions() {
    assert_eq!(methods_after_discover(|received| Answer::json(200, &received.result(json!({})))), LEGACY);
}

#[test]
fn a_version_that_is_refused_and_named_is_tried_again() {
    let refusal = |received: &Received| {
        let mut error = received.error(-32022, "Not at once");
        error["error"]["data"] = json!({"supported": ["2026-07-28"], "requested": "2026-07-28"});
        Answer::json(400, &error)
    };
    assert_eq!(methods_after_discover(refusal), MODERN);
}

#[test]
fn a_server_of_both_eras_without_a_common_modern_version_is_legacy() {
    let later = json!({"resultType": "complete", "supportedVersions": ["2027-01-01", "2025-11-25"]});
    assert_eq!(methods_after_discover(move |received| Answer::json(200, &received.result(later.clone()))), LEGACY);
    let unsupported = |received: &Received| {
        let mut error = received.error(-32022, "Unsupported protocol version");
        error["error"]["data"] = json!({"supported": ["2025-11-25"], "requested": "2026-07-28"});
        Answer::json(400, &error)
    };
    assert_eq!(methods_after_discover(unsupported), LEGACY);
}

#[test]
fn a_server_that_speaks_only_other_versions_is_named_with_them() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| match received.method() {
        "server/discover" => Answer::json(200, &received.result(json!({"supportedVersions": ["2027-01-01"]}))),
        _ => Answer::status(404),
    });
    let error = run(&clock, client(&clock, &upstream).list_tools()).expect_err("no common version");
    assert!(error.to_string().contains("2027-01-01"), "{error}");
}

#[test]
fn of_a_modern_server_that_failed_the_failure_is_told() {
    for code in [-32020, -32021, -32022] {
        let clock = VirtualClock::default();
        let upstream = Upstream::new(&clock, move |received| match received.method() {
            "server/discover" => Answer::text(500, "text/plain", "out of cheese"),
            _ => Answer::json(400, &received.error(code, "no such version")),
        });
        let error = run(&clock, client(&clock, &upstream).list_tools()).expect_err("no era").to_string();
        assert!(error.contains("answered server/discover with HTTP 500") && error.contains("out of cheese"), "{error}");
    }
}

#[test]
fn an_overloaded_server_is_not_asked_again_in_another_way() {
    for status in [429, 502, 503, 504] {
        let clock = VirtualClock::default();
        let upstream = Upstream::new(&clock, move |_| Answer::status(status).header("retry-after", "7"));
        let error = run(&clock, client(&clock, &upstream).list_tools()).expect_err("overloaded");
        assert_eq!(upstream.methods(), ["server/discover"]);
        assert!(error.to_string().contains("retry after 7"), "{error}");
    }
}

#[test]
fn a_connection_that_fails_is_no_statement_about_the_era() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |_| Answer::fails(TransportError::Refused));
    let error = run(&clock, client(&clock, &upstream).list_tools()).expect_err("refused");
    assert_eq!(upstream.methods(), ["server/discover"]);
    assert!(matches!(*error.problem, Problem::Unreachable { reason: TransportError::Refused, .. }));
}

#[test]
fn legacy_versions_are_accepted_and_others_are_not() {
    for (offered, accepted) in [
        ("2025-03-26", Some(ProtocolVersion::V2025_03_26)),
        ("2025-06-18", Some(ProtocolVersion::V2025_06_18)),
        ("2025-11-25", Some(ProtocolVersion::V2025_11_25)),
        ("2024-11-05", Some(ProtocolVersion::V2024_11_05)),
        ("2024-10-07", None),
        ("2026-07-28", None),
        ("soon", None),
    ] {
        let clock = VirtualClock::default();
        let upstream = Upstream::new(&clock, move |received| match received.method() {
            "initialize" => Answer::json(200, &received.result(json!({"protocolVersion": offered}))),
            _ => servers::legacy(received).unwrap_or_else(|| servers::tools(received, &[])),
        });
        let client = client(&clock, &upstream);
        match (run(&clock, client.list_tools()), accepted) {
            (Ok(_), Some(version)) => assert_eq!(client.connection().expect("connected").version, version),
            (Err(error), None) => {
                let named = matches!(&*error.problem, Problem::Protocol { fault: Fault::Version { .. }, .. });
                assert!(named && error.to_string().contains(offered), "{error}");
            }
            (outcome, _) => panic!("{offered}: {outcome:?}"),
        }
    }
}

#[test]
fn a_server_of_the_first_version_is_spared_the_header_of_later_ones() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| match received.method() {
        "initialize" => Answer::json(200, &received.result(json!({"protocolVersion": "2024-11-05"}))),
        "tools/list" => servers::tools(received, &["a"]),
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    let client = client(&clock, &upstream);
    run(&clock, client.list_tools()).expect("a list");
    let headers = |request: &Received| request.headers.contains_key("mcp-protocol-version");
    let list = upstream.received().pop().expect("a list");
    assert_eq!((list.method(), headers(&list)), ("tools/list", false));
    let kept = serde_json::to_string(&*client.connection().expect("connected")).expect("JSON");
    let restored: mcp_client::Connection = serde_json::from_str(&kept).expect("a connection");
    assert_eq!(restored.version, ProtocolVersion::V2024_11_05);
}

#[test]
fn a_restored_connection_needs_no_handshake() {
    let clock = VirtualClock::default();
    let script = |received: &Received| {
        servers::legacy(received).unwrap_or_else(|| {
            Answer::json(200, &received.result(servers::text_result(received.header("mcp-session-id"))))
        })
    };
    let upstream = Upstream::new(&clock, script);
    let first = client(&clock, &upstream);
    run(&clock, first.call_tool("a", Map::new(), None, TraceContext::default())).expect("a result");
    let stored = serde_json::to_string(&*first.connection().expect("connected")).expect("it can be stored");

    let upstream = Upstream::new(&clock, script);
    let second = client(&clock, &upstream);
    second.restore(serde_json::from_str(&stored).expect("it can be restored"));
    let outcome = run(&clock, second.call_tool("a", Map::new(), None, TraceContext::default())).expect("a result");
    assert_eq!(outcome, servers::text_result(servers::SESSION));
    assert_eq!(upstream.methods(), ["tools/call"]);
}
