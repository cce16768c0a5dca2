use mcp::TraceContext;
use mcp_client::Secrets;
use scripted_upstream::{Answer, CREDENTIAL, Received, Step, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, Value, json};

/// What a server could echo.
fn echo(received: &Received) -> String {
    let header = received.header("authorization");
    assert_eq!(header, CREDENTIAL, "the server gets the credential");
    format!("You sent {header}!")
}

#[track_caller]
fn is_clean(text: &str) {
    assert!(!text.contains("pssst") && text.contains("[redacted]"), "{text}");
}

#[test]
fn not_in_errors() {
    let answers: [fn(&Received) -> Answer; 7] = [
        |received| Answer::text(500, "text/plain", &echo(received)),
        |received| Answer::text(200, "text/html", &echo(received)),
        |received| Answer::text(200, "application/json", &echo(received)),
        |received| Answer::json(200, &received.error(-32603, &echo(received))),
        |received| Answer::json(200, &received.result(json!({"resultType": echo(received)}))),
        |received| Answer::sse(vec![Step::text(&format!("data: {}\n\n", echo(received)))]),
        |received| Answer::status(503).header("retry-after", &echo(received)),
    ];
    for answer in answers {
        let clock = VirtualClock::default();
        let upstream =
            Upstream::new(&clock, move |received| servers::modern(received).unwrap_or_else(|| answer(received)));
        let error = run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default()))
            .expect_err("an error");
        is_clean(&error.to_string());
        is_clean(&format!("{error:?}"));
    }
}

#[test]
fn not_in_the_data_of_errors() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let mut error = received.error(-32603, "no");
        error["error"]["data"] = json!([{"request": echo(received)}]);
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &error))
    });
    let error = run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default()))
        .expect_err("an error");
    is_clean(&format!("{error:?}"));
}

#[test]
fn not_in_results() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let text = echo(received);
        let result = json!({"content": [{"type": "text", "text": text}], "structuredContent": {"headers": {(text.clone()): [text]}}});
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(result)))
    });
    let outcome = run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default()))
        .expect("a result");
    is_clean(&outcome.to_string());
}

#[test]
fn not_in_tool_lists() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let text = echo(received);
        let tools = json!([{"name": "a", "description": text, "inputSchema": {"type": "object", "description": text}}, {"name": text}]);
        match received.method() {
            "server/discover" => {
                let result = json!({"supportedVersions": ["2026-07-28"], "instructions": text, "_meta": {"io.modelcontextprotocol/serverInfo": {"name": text}}});
                Answer::json(200, &received.result(result))
            }
            _ => Answer::json(200, &received.result(json!({"tools": tools}))),
        }
    });
    let catalog = run(&clock, client(&clock, &upstream).list_tools()).expect("a list");
    is_clean(&format!("{catalog:?}"));
    assert_eq!(format!("{catalog:?}").matches("[redacted]").count(), 5);
}

#[test]
fn the_url_is_shown_without_path_and_query() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |_| Answer::fails(mcp_client::TransportError::Refused));
    let error = run(&clock, client(&clock, &upstream).list_tools()).expect_err("refused").to_string();
    assert!(error.contains("https://upstream.test:") && !error.contains("in-the-query"), "{error}");
}

#[test]
fn the_longest_is_hidden_as_a_whole_and_short_ones_stay() {
    let secrets = Secrets::new(["token-1".to_string(), "token-1-more".to_string(), "abc".to_string()]);
    assert_eq!(secrets.hide("abc token-1-more token-1"), "abc [redacted] [redacted]");
    let mut value: Value = json!({"token-1": ["token-1", 1], "b": null});
    secrets.hide_in(&mut value);
    assert_eq!(value, json!({"[redacted]": ["[redacted]", 1], "b": null}));
    assert_eq!(format!("{secrets:?}"), "2 secrets");
}
