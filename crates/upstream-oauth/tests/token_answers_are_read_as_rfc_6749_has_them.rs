mod support;

use scripted_upstream::Answer;
use serde_json::{Value, json};
use support::{EPOCH_MS, Scene, direct};
use upstream_oauth::{Document, Problem};

fn scene(status: u16, answer: &Value) -> Scene {
    let answer = Answer::json(status, answer);
    Scene::new(direct(), move |_| answer.clone())
}

/// For how long the token is kept, in milliseconds.
fn lifetime_ms(expires_in: Value) -> u64 {
    let scene = scene(200, &json!({"access_token": "a", "token_type": "bearer", "expires_in": expires_in}));
    scene.token().expect("a token");
    scene.tokens.cached().expect("a token").expires_at_unix_ms - EPOCH_MS
}

#[test]
fn tokens_are_bearer_tokens_in_any_case() {
    for token_type in ["Bearer", "bearer", "BEARER"] {
        let scene = scene(200, &json!({"access_token": "a.b-c_d~e+f/g==", "token_type": token_type}));
        assert_eq!(scene.token(), Ok("a.b-c_d~e+f/g==".to_string()));
    }
    for token_type in [json!("DPoP"), json!("mac"), json!(""), Value::Null, json!(1)] {
        let error = scene(200, &json!({"access_token": "a", "token_type": token_type})).token().expect_err("refused");
        assert!(matches!(*error.problem, Problem::TokenType { .. }), "{error}");
    }
}

#[test]
fn lifetimes_are_seconds() {
    assert_eq!(lifetime_ms(json!(3600)), 3_600_000);
    assert_eq!(lifetime_ms(json!("3600")), 3_600_000);
    assert_eq!(lifetime_ms(json!(0.5)), 500);
    assert_eq!(lifetime_ms(json!(0)), 0);
    assert_eq!(lifetime_ms(json!(-1)), 0);
    assert!(lifetime_ms(json!(1e300)) > 1_000_000_000_000);
}

#[test]
fn without_a_lifetime_a_token_is_used_for_ten_minutes() {
    for untold in [Value::Null, json!("soon"), json!([1])] {
        assert_eq!(lifetime_ms(untold), 600_000);
    }
}

#[test]
fn time_on_the_way_counts() {
    let answer = json!({"access_token": "a", "token_type": "bearer", "expires_in": 60});
    let scene = Scene::new(direct(), move |_| Answer::json(200, &answer).after(4_000));
    scene.token().expect("a token");
    assert_eq!(scene.tokens.cached().expect("a token").expires_at_unix_ms, EPOCH_MS + 60_000);
}

#[test]
fn what_is_no_token_is_told_apart() {
    let malformed = |problem: &Problem| matches!(problem, Problem::Malformed { document: Document::Token, .. });
    for access_token in [json!(""), json!("a b"), json!("a\r\nx: y"), json!("é"), Value::Null, json!(7)] {
        let error = scene(200, &json!({"access_token": access_token, "token_type": "bearer"})).token();
        assert!(malformed(&error.expect_err("no token").problem), "{access_token}");
    }
    for body in ["", "<html>", "[]", "access_token=a&token_type=bearer"] {
        let scene = Scene::new(direct(), move |_| Answer::text(200, "text/plain", body));
        assert!(malformed(&scene.token().expect_err("no token").problem), "{body}");
    }
}

#[test]
fn errors_are_read_at_any_status() {
    for status in [200, 400, 401, 503] {
        let error = scene(status, &json!({"error": "invalid_client"})).token().expect_err("refused");
        let Problem::Refused { status: found, error, description } = *error.problem else { panic!("{error}") };
        assert_eq!((found.as_u16(), error.as_str(), description), (status, "invalid_client", None));
    }
    for answer in [json!({"message": "no"}), json!("no"), json!({"access_token": "a", "token_type": "bearer"})] {
        let error = scene(500, &answer).token().expect_err("refused");
        assert!(matches!(*error.problem, Problem::Status { document: Document::Token, .. }), "{error}");
    }
}
