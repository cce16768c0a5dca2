use mcp::TraceContext;
use mcp_client::Problem;
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

/// How a server answers.
type Answering = dyn Fn(&Received) -> Answer;

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

/// Only the credential itself.
fn secret() -> &'static str {
    CREDENTIAL.trim_start_matches("Bearer ")
}

/// The error that comes of such an answer.
fn error_of(answer: impl Fn(&Received) -> Answer + 'static) -> String {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| servers::modern(received).unwrap_or_else(|| answer(received)));
    let called = run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default()));
    called.expect_err("an error").to_string()
}

#[test]
fn not_in_part_wherever_an_error_is_cut() {
    for before in (0..230).chain(4_000..4_100).step_by(3) {
        let text = move || format!("{}{} and more", "x".repeat(before), secret());
        let answers: [Box<Answering>; 6] = [
            Box::new(move |_| Answer::text(500, "text/plain", &text())),
            Box::new(move |_| Answer::text(200, "text/html", &text())),
            Box::new(move |_| Answer::text(200, &text(), "x")),
            Box::new(move |_| Answer::text(200, "application/json", &text())),
            Box::new(move |received| Answer::json(200, &received.error(-32603, &text()))),
            Box::new(move |_| Answer::status(503).header("retry-after", &text())),
        ];
        for answer in answers {
            let error = error_of(answer);
            assert!(!error.contains(&secret()[..3]), "{before}: {error}");
        }
    }
}

#[test]
fn not_in_part_where_the_body_breaks_off() {
    let begun = || format!("no: {}", &secret()[..secret().len() - 1]);
    for step in [Step::Hang, Step::Break] {
        let error = error_of(move |_| Answer::text(500, "text/plain", &begun()).then([step.clone()]));
        assert!(error.contains("no:") && !error.contains(&secret()[..3]), "{error}");
    }
    // What is read of it ends within the credential, and all before it is nothing to show.
    let error = error_of(|_| {
        let spaces = " ".repeat((64 << 10) - secret().len() + 1);
        Answer::text(500, "text/plain", &format!("no:{}{}", &spaces[3..], secret()))
    });
    assert!(error.contains("no:") && !error.contains(&secret()[..3]), "{error}");
}

#[test]
fn errors_are_short_and_say_what_is_missing() {
    let long = || "long ".repeat(600_000);
    let answers: [fn(String) -> Answer; 5] = [
        |text| Answer::text(500, "text/plain", &text),
        |text| Answer::text(200, "application/json", &text),
        |text| Answer::status(503).header("retry-after", &text[..9_000]),
        |text| Answer::text(200, &text[..9_000], "x"),
        |text| Answer::status(200).header("content-encoding", &text[..9_000]),
    ];
    for answer in answers {
        let error = error_of(move |_| answer(long()));
        assert!(error.len() < 5_000 && error.contains("more bytes"), "{} {error}", error.len());
    }
    let results: [fn(&Received, String) -> Value; 3] = [
        |received, text| received.error(-32603, &text),
        |received, text| received.result(json!({"resultType": text})),
        |received, text| {
            received.result(json!({"resultType": "input_required", "inputRequests": {"a": {"method": text}}}))
        },
    ];
    for result in results {
        let error = error_of(move |received| Answer::json(200, &result(received, long())));
        assert!(error.len() < 5_000 && error.contains("more bytes"), "{} {error}", error.len());
    }
}

#[test]
fn data_of_errors_is_cut_as_a_value() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let mut error = received.error(-32603, "no");
        error["error"]["data"] = json!({"first": 1, "rows": vec!["row"; 300_000]});
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &error))
    });
    let error = run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default()));
    let Problem::Rpc { error, .. } = *error.expect_err("an error").problem else { panic!("an error of JSON-RPC") };
    let data = error.data.expect("data");
    assert!(data.to_string().len() <= 256 << 10 && data["value"]["first"] == 1, "{data}");
    assert!(data["truncated"].as_str().expect("a word").starts_with("The data of the error has "), "{data}");
}
