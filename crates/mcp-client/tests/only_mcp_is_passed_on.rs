//! Requests of somebody else, and their responses: as they are, where that is MCP.

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, Method, StatusCode};
use mcp_client::Error;
use scripted_upstream::{Answer, Received, Upstream, VirtualClock, client, run};

/// Passes a request on to a server that answers like this: the status and the body, or why not, and what the server
/// received.
fn pass(method: Method, answer: fn() -> Answer) -> (Result<(StatusCode, String), Error>, Vec<Received>) {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |_| answer());
    let client = client(&clock, &upstream);
    let passing = async {
        let response = client.pass(method, HeaderMap::new(), Bytes::from_static(b"{}")).await?;
        let (parts, body) = response.into_parts();
        let chunks: Vec<_> = body.collect().await;
        let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("a whole body")).collect();
        Ok((parts.status, String::from_utf8_lossy(&bytes).into_owned()))
    };
    let outcome = run(&clock, passing);
    (outcome, upstream.received())
}

#[test]
fn the_length_of_the_body_is_stated() {
    let (_, received) = pass(Method::POST, || Answer::status(202));
    assert_eq!(received[0].header("content-length"), "2");
}

#[test]
fn what_may_be_an_answer_passes() {
    let answers: [(Method, fn() -> Answer); 7] = [
        (Method::POST, || Answer::text(200, "application/json; charset=utf-8", "x")),
        (Method::POST, || Answer::text(200, "text/event-stream", "x")),
        (Method::POST, || Answer::text(500, "text/html", "x")),
        (Method::POST, || Answer::text(202, "text/plain", "x")),
        (Method::POST, || Answer::text(200, "text/html", "").header("content-length", "0")),
        (Method::GET, || Answer::text(405, "text/plain", "x")),
        (Method::DELETE, || Answer::text(200, "text/plain", "x")),
    ];
    for (method, answer) in answers {
        let (outcome, _) = pass(method.clone(), answer);
        assert!(outcome.is_ok(), "{method}: {outcome:?}");
    }
}

#[test]
fn what_is_none_is_named_with_its_server() {
    for method in [Method::POST, Method::GET] {
        let (outcome, _) = pass(method.clone(), || Answer::text(200, "text/html", "<h1>It works!</h1>"));
        let error = outcome.expect_err("no answer").to_string();
        assert!(error.starts_with("Server \"scripted\" answered "), "{error}");
        assert!(error.contains("the content type text/html") && error.contains("It works!"), "{error}");
    }
}
