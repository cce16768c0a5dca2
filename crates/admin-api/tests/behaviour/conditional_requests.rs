//! Updates need the right version, and reads are not repeated (RFC 9110, section 13).

use crate::support::memory::Memory;
use crate::support::{send, send_json};
use http::{Method, StatusCode};
use serde_json::json;

fn with_a_server() -> (Memory, String) {
    let memory = Memory::default();
    let body = json!({"alias": "a", "url": "https://a.example.com"});
    let etag = send_json(&memory, Method::POST, "/servers", &[], &body).etag();
    (memory, etag)
}

#[test]
fn a_stale_version_changes_nothing() {
    let (memory, first) = with_a_server();
    let title = |title: &str| json!({"title": title});
    let changed = send_json(&memory, Method::PATCH, "/servers/a", &[("if-match", &first)], &title("one"));
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.etag(), first);
    let whole = json!({"url": "https://b.example.com"});
    for (method, body) in [(Method::PATCH, &title("two")), (Method::PUT, &whole), (Method::DELETE, &json!(null))] {
        let stale = send_json(&memory, method, "/servers/a", &[("if-match", &first)], body);
        assert_eq!(stale.problem(), "precondition-failed");
    }
    let now = send(&memory, Method::GET, "/servers/a", &[]);
    assert_eq!((now.body["title"].as_str(), now.etag()), (Some("one"), changed.etag()));
}

#[test]
fn lists_of_tags_and_the_star_are_understood() {
    let (memory, etag) = with_a_server();
    let body = json!({"enabled": false});
    for (tags, status) in [
        (format!("\"other\", {etag}"), StatusCode::OK),
        ("*".to_string(), StatusCode::OK),
        (format!("W/{etag}"), StatusCode::PRECONDITION_FAILED),
        ("\"other\"".to_string(), StatusCode::PRECONDITION_FAILED),
    ] {
        let (memory, _) = with_a_server();
        let answer = send_json(&memory, Method::PATCH, "/servers/a", &[("if-match", &tags)], &body);
        assert_eq!(answer.status, status, "{tags}");
    }
    let absent =
        send_json(&memory, Method::PUT, "/servers/b", &[("if-match", "*")], &json!({"url": "https://b.example.com"}));
    assert_eq!(absent.problem(), "precondition-failed");
}

#[test]
fn a_server_can_be_made_only_where_none_is() {
    let (memory, _) = with_a_server();
    let body = json!({"url": "https://b.example.com"});
    let only_new = [("if-none-match", "*")];
    assert_eq!(send_json(&memory, Method::PUT, "/servers/a", &only_new, &body).problem(), "precondition-failed");
    assert_eq!(send_json(&memory, Method::PUT, "/servers/b", &only_new, &body).status, StatusCode::CREATED);
    let again = json!({"alias": "a", "url": "https://b.example.com"});
    assert_eq!(send_json(&memory, Method::POST, "/servers", &[], &again).problem(), "already-exists");
}

#[test]
fn a_deleted_server_and_a_new_one_of_its_name_differ() {
    let (memory, first) = with_a_server();
    assert_eq!(send(&memory, Method::DELETE, "/servers/a", &[("if-match", &first)]).status, StatusCode::NO_CONTENT);
    let again = send_json(&memory, Method::PUT, "/servers/a", &[], &json!({"url": "https://a.example.com"}));
    assert_eq!(again.body["version"], 1);
    assert_eq!(send(&memory, Method::DELETE, "/servers/a", &[("if-match", &first)]).problem(), "precondition-failed");
}

#[test]
fn what_is_known_is_not_sent_again() {
    let (memory, etag) = with_a_server();
    for path in ["/servers/a", "/openapi.json"] {
        let etag = if path == "/servers/a" { etag.clone() } else { send(&memory, Method::GET, path, &[]).etag() };
        let known = send(&memory, Method::GET, path, &[("if-none-match", &etag)]);
        assert_eq!((known.status, known.text.as_str(), known.etag()), (StatusCode::NOT_MODIFIED, "", etag));
        assert_eq!(send(&memory, Method::GET, path, &[("if-none-match", "\"other\"")]).status, StatusCode::OK);
    }
}

#[test]
fn keys_have_versions_too() {
    let memory = Memory::default();
    let made = send_json(&memory, Method::POST, "/keys", &[], &json!({"name": "ci"}));
    let path = format!("/keys/{}", made.body["id"].as_str().expect("an id"));
    let renamed = send_json(&memory, Method::PATCH, &path, &[("if-match", &made.etag())], &json!({"name": "cd"}));
    assert_eq!(renamed.status, StatusCode::OK);
    let stale = [("if-match", &*made.etag())];
    assert_eq!(
        send_json(&memory, Method::PATCH, &path, &stale, &json!({"name": "x"})).problem(),
        "precondition-failed"
    );
    assert_eq!(send(&memory, Method::DELETE, &path, &stale).problem(), "precondition-failed");
    let known = send(&memory, Method::GET, &path, &[("if-none-match", &renamed.etag())]);
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
}
