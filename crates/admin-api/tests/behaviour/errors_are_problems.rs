use crate::support::memory::Memory;
use crate::support::{exchange, send, send_json};
use admin_api::MAX_BODY_BYTES;
use bytes::Bytes;
use http::{HeaderName, Method, StatusCode, header};
use serde_json::json;

#[test]
fn an_error_says_what_to_do() {
    let gone = send(&Memory::default(), Method::GET, "/servers/nobody", &[]);
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(
        gone.body,
        json!({
            "type": "urn:bobbin:problem:not-found", "title": "There is no such resource", "status": 404,
            "detail": "The server \"nobody\" does not exist. GET /api/v1/servers lists those that do.",
        })
    );
    assert_eq!(gone.header(header::CONTENT_TYPE), "application/problem+json");
    assert_eq!(gone.header(header::CACHE_CONTROL), "no-store");
}

#[test]
fn paths_and_methods_that_are_not_there() {
    let memory = Memory::default();
    for path in ["/", "/server", "/servers/", "/servers/a/b", "/keys/a/b", "/servers/%ff"] {
        assert_eq!(send(&memory, Method::GET, path, &[]).problem(), "not-found", "{path}");
    }
    for (path, allow) in [
        ("/servers", "GET, HEAD, POST"),
        ("/servers/nobody", "GET, HEAD, PUT, PATCH, DELETE"),
        ("/servers/a/test", "POST"),
        ("/keys/a", "GET, HEAD, PATCH, DELETE"),
        ("/openapi.json", "GET, HEAD"),
    ] {
        for method in ["TRACE", "OPTIONS", "QUERY"] {
            let refused = send(&memory, method.parse().expect("a method"), path, &[]);
            assert_eq!((refused.problem(), refused.header(header::ALLOW)), ("method-not-allowed", allow), "{path}");
        }
    }
}

#[test]
fn media_types_are_negotiated() {
    let memory = Memory::default();
    assert_eq!(send(&memory, Method::GET, "/servers", &[("accept", "text/html")]).problem(), "not-acceptable");
    let body = json!({"alias": "a", "url": "https://a.example.com"});
    let html = send_json(&memory, Method::POST, "/servers", &[("content-type", "text/html")], &body);
    assert_eq!(html.problem(), "unsupported-media-type");
    let without = exchange(&memory, Method::POST, "/servers", &[], body.to_string().into());
    assert_eq!(without.problem(), "unsupported-media-type");
    let patch_as_put = [("content-type", "application/merge-patch+json")];
    assert_eq!(send_json(&memory, Method::PUT, "/servers/a", &patch_as_put, &body).problem(), "unsupported-media-type");
    let refused = send_json(&memory, Method::PATCH, "/servers/a", &[("content-type", "text/plain")], &body);
    assert_eq!(
        (refused.problem(), refused.header(HeaderName::from_static("accept-patch"))),
        ("unsupported-media-type", "application/merge-patch+json, application/json")
    );
    let charset = [("content-type", "Application/JSON; charset=utf-8")];
    assert_eq!(send_json(&memory, Method::POST, "/servers", &charset, &body).status, StatusCode::CREATED);
}

#[test]
fn bodies_must_be_json_of_some_size() {
    let memory = Memory::default();
    let post = |body: Bytes| exchange(&memory, Method::POST, "/servers", &[("content-type", "application/json")], body);
    for body in ["", "{", "{\"alias\": \"a\",}", "\u{feff}{}", "NaN", &"[".repeat(100_000)] {
        assert_eq!(post(Bytes::copy_from_slice(body.as_bytes())).problem(), "malformed-body", "{body:.20}");
    }
    assert_eq!(post(Bytes::from_static(b"\xff")).problem(), "malformed-body");
    assert_eq!(post(vec![b' '; MAX_BODY_BYTES + 1].into()).problem(), "body-too-large");
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let body = json!({
        "alias": "-a", "url": "ftp://a", "titel": "GitHub", "version": 3, "headers": {"a b": "x", "x/y~z": 5},
        "timeoutMs": 99, "enabled": "yes", "auth": {"type": "bearer", "token": "a b", "scope": "x"},
        "tools": {"rules": [{"name": "a", "access": "allowed"}, null]},
    });
    let refused = send_json(&Memory::default(), Method::POST, "/servers", &[], &body);
    assert_eq!((refused.status, refused.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-body"));
    assert_eq!(
        refused.places(),
        [
            "/alias",
            "/url",
            "/headers/a b",
            "/headers/x~1y~0z",
            "/auth/token",
            "/auth/scope",
            "/timeoutMs",
            "/enabled",
            "/tools/rules/1",
            "/titel"
        ]
    );
    let half = json!({"alias": "a", "url": "https://a.example.com",
        "auth": {"type": "oauth2ClientCredentials", "clientId": "c", "clientSecret": "s"}});
    let refused = send_json(&Memory::default(), Method::POST, "/servers", &[], &half);
    assert_eq!(refused.places(), ["/auth/method"]);
    assert!(refused.text.contains("client_secret_basic"), "{}", refused.text);
    let required = send_json(&Memory::default(), Method::POST, "/servers", &[], &json!({}));
    assert_eq!(required.places(), ["/alias", "/url"]);
    assert_eq!(send_json(&Memory::default(), Method::POST, "/servers", &[], &json!([])).places(), [""]);
}

#[test]
fn a_long_request_is_not_repeated() {
    let names: serde_json::Map<_, _> =
        (0..500).map(|number| (format!("{number}{}", "é".repeat(1_000)), json!(1))).collect();
    let refused = send_json(&Memory::default(), Method::PUT, "/servers/a", &[], &json!(names));
    assert_eq!((refused.problem(), refused.places().len()), ("invalid-body", 20));
    assert!(refused.text.len() < 20_000, "{}", refused.text.len());
}

#[test]
fn queries_are_read_strictly() {
    let memory = Memory::default();
    for (query, place) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=5&limit=5", "limit"),
        ("cursor=xyz", "cursor"),
        ("cursor=", "cursor"),
        ("page=2", "page"),
    ] {
        let refused = send(&memory, Method::GET, &format!("/servers?{query}"), &[]);
        assert_eq!((refused.problem(), refused.places()), ("invalid-parameter", vec![place]), "{query}");
    }
    assert_eq!(send(&memory, Method::DELETE, "/servers/a?force=1", &[]).problem(), "invalid-parameter");
    assert_eq!(
        send(&memory, Method::GET, "/usage?from=2026-02-30&to=today&tool=", &[]).places(),
        ["from", "to", "tool"]
    );
}

#[test]
fn what_the_state_stands_against_is_a_conflict() {
    let memory = Memory::default();
    let with = |url: &str, token: Option<&str>| match token {
        Some(token) => json!({"url": url, "auth": {"type": "bearer", "token": token}}),
        None => json!({"url": url, "auth": {"type": "bearer"}}),
    };
    let missing = send_json(&memory, Method::PUT, "/servers/a", &[], &with("https://a.example.com", None));
    assert_eq!(
        (missing.status, missing.problem(), missing.places()),
        (StatusCode::CONFLICT, "secret-missing", vec!["/auth/token"])
    );
    let private = send_json(&memory, Method::PUT, "/servers/a", &[], &with("https://localhost", Some("t")));
    assert_eq!(
        (private.status, private.problem(), private.places()),
        (StatusCode::FORBIDDEN, "address-refused", vec!["/url"])
    );
    let curve = json!({"url": "https://a.example.com", "auth": {"type": "oauth2ClientCredentials", "clientId": "c",
        "method": "private_key_jwt", "privateKey": "-----BEGIN P-521"}});
    let refused = send_json(&memory, Method::PUT, "/servers/a", &[], &curve);
    assert_eq!(
        (refused.status, refused.problem(), refused.places()),
        (StatusCode::FORBIDDEN, "key-refused", vec!["/auth/privateKey"])
    );
    memory.without_key.set(true);
    let unsealed = send_json(&memory, Method::PUT, "/servers/a", &[], &with("https://a.example.com", Some("t")));
    assert_eq!((unsealed.status, unsealed.problem()), (StatusCode::CONFLICT, "no-encryption-key"));
    let expired = json!({"name": "ci", "expiresAt": "2001-01-01T00:00:00Z"});
    assert_eq!(send_json(&memory, Method::POST, "/keys", &[], &expired).problem(), "already-expired");
}

#[test]
fn a_store_that_is_gone_says_when_to_come_back() {
    let memory = Memory::default();
    memory.down.set(true);
    for path in ["/servers", "/servers/a", "/keys", "/keys/abcdefgh2345", "/usage", "/health", "/export"] {
        let down = send(&memory, Method::GET, path, &[]);
        assert_eq!((down.problem(), down.header(header::RETRY_AFTER)), ("unavailable", "7"), "{path}");
    }
}

#[test]
fn head_is_get_without_a_body() {
    let memory = Memory::default();
    for path in ["/servers", "/servers/declared", "/servers/nobody", "/openapi.json"] {
        let (get, head) = (send(&memory, Method::GET, path, &[]), send(&memory, Method::HEAD, path, &[]));
        assert_eq!((head.status, head.etag(), head.text.as_str()), (get.status, get.etag(), ""));
    }
}
