use crate::support::memory::Memory;
use crate::support::{send, send_json};
use http::{Method, StatusCode, header};
use serde_json::json;

#[test]
fn the_text_of_a_key_is_in_one_answer_only() {
    let memory = Memory::default();
    let body = json!({"name": "ci", "role": "use", "expiresAt": "2099-01-31T13:00:00+01:00", "servers": ["github"],
        "tools": {"default": "blocked"}, "rateLimitPerMinute": 60});
    let made = send_json(&memory, Method::POST, "/keys", &[], &body);
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let (id, text) = (made.body["id"].as_str().expect("an id"), made.body["key"].as_str().expect("a text"));
    assert!(text.starts_with(&format!("bob_{id}_")));
    assert_eq!(made.header(header::LOCATION), format!("/api/v1/keys/{id}"));
    assert_eq!((&made.body["version"], &made.body["expiresAt"]), (&json!(1), &json!("2099-01-31T12:00:00Z")));
    let path = format!("/keys/{id}");
    let read = send(&memory, Method::GET, &path, &[]);
    let mut without_text = made.body.clone();
    without_text.as_object_mut().expect("a key").shift_remove("key");
    assert_eq!((&read.body, read.etag()), (&without_text, made.etag()));
    let secret = text.rsplit('_').next().expect("a secret");
    for answer in [send(&memory, Method::GET, "/keys", &[]), send_json(&memory, Method::PATCH, &path, &[], &json!({}))]
    {
        assert!(!answer.text.contains(secret), "{}", answer.text);
    }
    assert_eq!(send(&memory, Method::DELETE, &path, &[]).status, StatusCode::NO_CONTENT);
    assert_eq!(send(&memory, Method::GET, &path, &[]).problem(), "not-found");
}

#[test]
fn settings_that_do_not_fit_are_named() {
    let body =
        json!({"name": "", "role": "root", "expiresAt": "soon", "servers": "all", "rateLimitPerMinute": 0, "scope": 1});
    let refused = send_json(&Memory::default(), Method::POST, "/keys", &[], &body);
    assert_eq!(refused.problem(), "invalid-body");
    assert_eq!(refused.places(), ["/name", "/role", "/expiresAt", "/servers", "/rateLimitPerMinute", "/scope"]);
    let tools = json!({"name": "a", "tools": {"rules": [{"name": "a"}]}});
    let refused = send_json(&Memory::default(), Method::POST, "/keys", &[], &tools);
    assert_eq!(refused.places(), ["/tools"]);
}
