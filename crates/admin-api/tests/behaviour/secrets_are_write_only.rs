use crate::support::memory::Memory;
use crate::support::server::revealed;
use crate::support::{send, send_json};
use admin_api::{AuthInput, Secret, SecretInput};
use http::{Method, StatusCode};
use serde_json::json;

const PLANTED: &str = "planted-secret";

#[test]
fn a_secret_that_went_in_does_not_come_out() {
    let memory = Memory::default();
    let body = json!({
        "alias": "a", "url": "https://a.example.com", "headers": {"x-api-key": PLANTED},
        "auth": {"type": "oauth2ClientCredentials", "clientId": "c", "method": "client_secret_basic", "clientSecret": PLANTED},
    });
    let mut answers = vec![send_json(&memory, Method::POST, "/servers", &[], &body)];
    assert_eq!(answers[0].status, StatusCode::CREATED);
    let rotation = json!({"auth": {"type": "bearer", "token": PLANTED}, "headers": {"y": PLANTED}});
    answers.push(send_json(&memory, Method::PATCH, "/servers/a", &[], &rotation));
    answers.push(send_json(&memory, Method::POST, "/servers", &[], &body));
    for path in ["/servers", "/servers/a", "/export", "/servers/a/health"] {
        answers.push(send(&memory, Method::GET, path, &[]));
    }
    for answer in &answers {
        assert!(!answer.text.contains(PLANTED), "{}", answer.text);
    }
    assert_eq!(answers[1].body["headers"], json!({"x-api-key": null, "y": null}));
    assert_eq!(answers[1].body["auth"], json!({"type": "bearer", "token": null}));
}

#[test]
fn an_error_does_not_quote_a_secret() {
    let spaced = format!(" {PLANTED} ");
    let memory = Memory::default();
    for body in [
        json!({"alias": "a", "url": "https://a.example.com", "headers": {"a": spaced}}),
        json!({"alias": "a", "url": "https://a.example.com", "auth": {"type": "bearer", "token": spaced}}),
        json!({"alias": "a", "url": "https://a.example.com", "auth": {"type": "bearer", "token": [PLANTED]}}),
        json!({"alias": "a", "url": "https://a.example.com", "auth": PLANTED}),
        json!({"alias": "a", "url": format!("https://user:{PLANTED}@a.example.com")}),
        json!({"alias": "a", "url": "https://localhost", "headers": {"a": PLANTED}}),
    ] {
        let refused = send_json(&memory, Method::POST, "/servers", &[], &body);
        assert!(refused.status.is_client_error(), "{body}");
        assert!(!refused.text.contains(PLANTED), "{}", refused.text);
        let imported = send_json(&memory, Method::POST, "/import", &[], &json!({"mcpServers": {"a": body}}));
        assert!(!imported.text.contains(PLANTED), "{}", imported.text);
    }
    let broken = format!("{{\"headers\": {{\"a\": \"{PLANTED}\" \"{PLANTED}\"}}}}");
    let json = [("content-type", "application/json")];
    let refused = crate::support::exchange(&memory, Method::POST, "/servers", &json, broken.into());
    assert!(!refused.text.contains(PLANTED), "{}", refused.text);
}

#[test]
fn null_and_nothing_keep_what_is_stored() {
    let memory = Memory::default();
    let auth = json!({"type": "bearer", "token": PLANTED});
    let made = json!({"alias": "a", "url": "https://a.example.com", "auth": auth, "headers": {"x": "one", "y": "two"}});
    send_json(&memory, Method::POST, "/servers", &[], &made);
    for auth in [json!({"type": "bearer", "token": null}), json!({"type": "bearer"})] {
        let body = json!({"url": "https://b.example.com", "auth": auth, "headers": {"X": null}});
        assert_eq!(send_json(&memory, Method::PUT, "/servers/a", &[], &body).status, StatusCode::OK);
        let input = &memory.servers.borrow()["a"].input;
        let AuthInput::Bearer { token } = &input.auth else { panic!("{input:?}") };
        assert_eq!((revealed(token), revealed(&input.headers["x"])), (PLANTED, "one"));
        assert_eq!(input.headers.len(), 1, "headers that are left out go");
    }
}

#[test]
fn a_new_server_has_nothing_to_keep() {
    let body =
        json!({"alias": "a", "url": "https://a.example.com", "auth": {"type": "bearer"}, "headers": {"x": null}});
    let refused = send_json(&Memory::default(), Method::POST, "/servers", &[], &body);
    assert_eq!((refused.problem(), refused.places()), ("invalid-body", vec!["/headers/x", "/auth/token"]));
}

#[test]
fn debugging_shows_no_secret() {
    let secret = SecretInput::Set(Secret::new(PLANTED.to_string()));
    assert_eq!(format!("{secret:?}"), "Set(Secret)");
}
