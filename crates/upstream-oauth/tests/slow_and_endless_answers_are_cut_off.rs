mod support;

use mcp_client::{Clock, TransportError};
use scripted_upstream::{Answer, Step};
use support::{RESOURCE_METADATA, SERVER_METADATA, Scene, TOKEN_ENDPOINT, configuration, credentials, pages};
use upstream_oauth::{Configuration, Document, Limits, Party, Problem};

const LIMITS: Limits = Limits { connect_ms: 1_000, exchange_ms: 2_000, token_ms: 5_000, answer_bytes: 1_000 };

const DOCUMENTS: [(&str, Document); 3] = [
    (RESOURCE_METADATA, Document::ResourceMetadata),
    (SERVER_METADATA, Document::ServerMetadata),
    (TOKEN_ENDPOINT, Document::Token),
];

fn scene(url: &'static str, answer: Answer) -> Scene {
    let mut pages = pages();
    pages.push((url, answer));
    Scene::with_pages(Configuration { limits: LIMITS, ..configuration(credentials()) }, pages)
}

#[test]
fn what_is_too_large_is_not_read_to_its_end() {
    let chunk = || Step::text(&" ".repeat(600));
    for (url, document) in DOCUMENTS {
        let endless = Answer::status(200).then([chunk(), chunk(), Step::Hang]);
        let scene = scene(url, endless);
        let error = scene.token().expect_err("too large");
        assert_eq!(*error.problem, Problem::TooLarge { document, limit_bytes: 1_000 });
        assert_eq!((scene.clock.monotonic_ms(), scene.web.open()), (0, 0));
    }
}

#[test]
fn an_answer_of_exactly_the_limit_is_read() {
    let text = r#"{"access_token": "token-1", "token_type": "Bearer"}"#;
    let scene = scene(TOKEN_ENDPOINT, Answer::text(200, "application/json", &format!("{text:1000}")));
    assert_eq!(scene.token(), Ok("token-1".to_string()));
}

#[test]
fn what_does_not_come_is_not_waited_for() {
    for (url, document) in DOCUMENTS {
        let drip = (0..100).flat_map(|_| [Step::Wait(100), Step::text(" ")]);
        for slow in [Answer::hangs(), Answer::status(200).then([Step::Hang]), Answer::status(200).then(drip)] {
            let scene = scene(url, slow);
            let error = scene.token().expect_err("too slow");
            assert_eq!(*error.problem, Problem::TimedOut { document, after_ms: 2_000 });
            assert_eq!((scene.clock.monotonic_ms(), scene.web.open()), (2_000, 0));
        }
    }
}

#[test]
fn all_requests_together_have_a_deadline() {
    let slow = pages().into_iter().map(|(url, answer)| (url, answer.after(1_900))).collect();
    let scene = Scene::with_pages(Configuration { limits: LIMITS, ..configuration(credentials()) }, slow);
    let error = scene.token().expect_err("too slow");
    assert_eq!(*error.problem, Problem::TimedOut { document: Document::Token, after_ms: 5_000 });
    assert_eq!(error.party, Party::AuthorizationServer { name: support::ISSUER.to_string() });
    assert_eq!(scene.clock.monotonic_ms(), 5_000);
}

#[test]
fn what_cannot_be_reached_is_told_with_its_reason() {
    let reasons = [TransportError::Refused, TransportError::ConnectTimeout, TransportError::Tls("expired".to_string())];
    for reason in reasons {
        let scene = scene(TOKEN_ENDPOINT, Answer::fails(reason.clone()));
        let error = scene.token().expect_err("unreachable");
        let origin = "https://as.example.com".to_string();
        assert_eq!(*error.problem, Problem::Unreachable { document: Document::Token, origin, reason });
        assert!(scene.clock.monotonic_ms() <= 1_000);
    }
    let broken = Answer::status(200).then([Step::text("{"), Step::Break]);
    let error = scene(TOKEN_ENDPOINT, broken).token().expect_err("broken");
    assert!(matches!(*error.problem, Problem::Unreachable { reason: TransportError::Broken(_), .. }), "{error}");
}
