use crate::support::memory::Memory;
use crate::support::server::revealed;
use crate::support::{Answer, send_json};
use admin_api::{AuthInput, ClientAuthInput, OAuthInput};
use http::{Method, StatusCode};
use serde_json::{Value, json};

fn with_a_server() -> Memory {
    let memory = Memory::default();
    let body = json!({
        "alias": "a", "title": "A", "url": "https://a.example.com", "timeoutMs": 500,
        "headers": {"X-One": "one", "X-Two": "two"}, "auth": {"type": "bearer", "token": "token"},
        "tools": {"default": "blocked", "annotations": {"x": {"readOnlyHint": true, "openWorldHint": false}}},
    });
    assert_eq!(send_json(&memory, Method::POST, "/servers", &[], &body).status, StatusCode::CREATED);
    memory
}

fn patch(memory: &Memory, patch: &Value) -> Answer {
    let merge_patch = [("content-type", "application/merge-patch+json")];
    send_json(memory, Method::PATCH, "/servers/a", &merge_patch, patch)
}

#[test]
fn what_is_not_named_stays() {
    let memory = with_a_server();
    let patched = patch(&memory, &json!({"title": "B"}));
    assert_eq!(patched.status, StatusCode::OK);
    assert_eq!((&patched.body["title"], &patched.body["timeoutMs"]), (&json!("B"), &json!(500)));
    assert_eq!(patched.body["headers"], json!({"x-one": null, "x-two": null}));
    assert_eq!(revealed(&memory.servers.borrow()["a"].input.headers["x-two"]), "two");
    assert_eq!(send_json(&memory, Method::PATCH, "/servers/a", &[], &json!({})).status, StatusCode::OK);
}

#[test]
fn null_removes() {
    let memory = with_a_server();
    let removal = json!({"title": null, "timeoutMs": null, "headers": {"X-ONE": null},
        "tools": {"default": null, "annotations": {"x": {"openWorldHint": null}}}});
    let patched = patch(&memory, &removal);
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.body);
    assert_eq!((&patched.body["title"], &patched.body["timeoutMs"]), (&json!(null), &json!(25_000)));
    assert_eq!(patched.body["headers"], json!({"x-two": null}));
    assert_eq!(patched.body["tools"], json!({"default": "allowed", "annotations": {"x": {"readOnlyHint": true}}}));
    assert_eq!(patch(&memory, &json!({"url": null})).places(), ["/url"]);
}

#[test]
fn headers_are_added_and_changed_by_themselves() {
    let memory = with_a_server();
    let patched = patch(&memory, &json!({"headers": {"X-TWO": "2", "x-three": "3"}}));
    assert_eq!(patched.body["headers"], json!({"x-one": null, "x-three": null, "x-two": null}));
    let stored = &memory.servers.borrow()["a"].input.headers;
    assert_eq!(["x-one", "x-two", "x-three"].map(|name| revealed(&stored[name])), ["one", "2", "3"]);
}

#[test]
fn another_way_to_sign_in_takes_nothing_along() {
    let memory = with_a_server();
    assert_eq!(patch(&memory, &json!({"auth": {"type": "bearer"}})).status, StatusCode::OK);
    let oauth = json!({"auth": {"type": "oauth2ClientCredentials", "clientId": "c", "method": "client_secret_basic"}});
    let missing = patch(&memory, &oauth);
    assert_eq!((missing.problem(), missing.places()), ("secret-missing", vec!["/auth/clientSecret"]));
    let mut complete = oauth.clone();
    complete["auth"]["clientSecret"] = json!("s");
    assert_eq!(patch(&memory, &complete).status, StatusCode::OK);
    let scope = json!({"auth": {"type": "oauth2ClientCredentials", "clientId": "d", "method": "client_secret_basic", "scope": "read"}});
    let patched = patch(&memory, &scope);
    assert_eq!(patched.status, StatusCode::OK);
    assert_eq!(patched.body["auth"]["clientId"], "d");
    let none = patch(&memory, &json!({"auth": {"type": "none"}}));
    assert_eq!(none.body["auth"], json!({"type": "none"}));
}

#[test]
fn members_of_auth_are_changed_by_themselves() {
    let memory = with_a_server();
    let auth = json!({"type": "oauth2ClientCredentials", "clientId": "c", "method": "client_secret_basic",
        "clientSecret": "old", "scope": "read", "issuer": "https://login.example.com"});
    assert_eq!(patch(&memory, &json!({"auth": auth})).status, StatusCode::OK);
    let secret = || match &memory.servers.borrow()["a"].input.auth {
        AuthInput::OAuth2ClientCredentials(OAuthInput {
            client:
                ClientAuthInput::Secret { client_secret: secret } | ClientAuthInput::PrivateKey { private_key: secret, .. },
            ..
        }) => revealed(secret).to_string(),
        other => panic!("{other:?}"),
    };
    let mut expected = auth.clone();
    expected["clientSecret"] = Value::Null;
    for (change, member, value, stored) in [
        (json!({"clientSecret": "new"}), "clientSecret", json!(null), "new"),
        (json!({"scope": "read write"}), "scope", json!("read write"), "new"),
        (json!({"clientId": "d", "clientSecret": null, "token": null}), "clientId", json!("d"), "new"),
        (json!({"type": "oauth2ClientCredentials", "scope": "x"}), "scope", json!("x"), "new"),
    ] {
        let patched = patch(&memory, &json!({"auth": change}));
        expected[member] = value;
        assert_eq!((patched.status, &patched.body["auth"]), (StatusCode::OK, &expected), "{change}");
        assert_eq!(secret(), stored);
    }
    let removed = patch(&memory, &json!({"auth": {"scope": null}}));
    assert_eq!(removed.body["auth"].get("scope"), None);
    let other_method = json!({"auth": {"method": "private_key_jwt", "privateKey": "-----BEGIN X", "keyId": "k"}});
    let patched = patch(&memory, &other_method);
    assert_eq!(
        patched.body["auth"],
        json!({"type": "oauth2ClientCredentials", "clientId": "d", "method": "private_key_jwt", "privateKey": null,
            "keyId": "k", "issuer": "https://login.example.com"})
    );
    assert_eq!(secret(), "-----BEGIN X");
}

#[test]
fn members_of_auth_that_do_not_fit_together_are_a_conflict() {
    let memory = with_a_server();
    for (wrong, places) in [
        (json!({"clientSecret": "s"}), vec!["/auth/clientSecret"]),
        (json!({"type": "none", "token": "t"}), vec!["/auth/token"]),
        (json!({"type": "oauth2ClientCredentials", "clientSecret": "s"}), vec!["/auth/clientId", "/auth/method"]),
    ] {
        let refused = patch(&memory, &json!({"auth": wrong}));
        assert_eq!((refused.problem(), refused.places()), ("patch-does-not-apply", places), "{wrong}");
    }
}

#[test]
fn a_patch_that_is_wrong_by_itself_is_refused() {
    let memory = with_a_server();
    for (wrong, place) in [
        (json!({"titel": null}), "/titel"),
        (json!({"version": 2}), "/version"),
        (json!({"alias": "b"}), "/alias"),
        (json!({"auth": {"type": null}}), "/auth/type"),
        (json!({"auth": {"type": "basic"}}), "/auth/type"),
        (json!({"auth": {"token": "a b"}}), "/auth/token"),
        (json!({"auth": {"secret": "x"}}), "/auth/secret"),
        (json!({"tools": {"rules": [null]}}), "/tools/rules/0"),
        (json!([]), ""),
        (json!(null), ""),
    ] {
        let refused = patch(&memory, &wrong);
        assert_eq!((refused.problem(), refused.places()), ("invalid-body", vec![place]), "{wrong}");
    }
}

#[test]
fn a_patch_that_would_spoil_what_is_stored_is_a_conflict() {
    let memory = with_a_server();
    let headers: Value =
        (0..31).map(|number| (format!("h{number}"), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    let refused = patch(&memory, &json!({"headers": headers}));
    assert_eq!((refused.problem(), refused.places()), ("patch-does-not-apply", vec!["/headers"]));
}

#[test]
fn a_patch_is_computed_anew_when_somebody_else_was_faster() {
    let memory = with_a_server();
    memory.overtaken.set(3);
    let patched = patch(&memory, &json!({"timeoutMs": 600}));
    assert_eq!(patched.status, StatusCode::OK);
    assert_eq!((&patched.body["timeoutMs"], &patched.body["version"]), (&json!(600), &json!(5)));
    assert_eq!(patched.body["title"], "by somebody else, 0 to go");
    memory.overtaken.set(1);
    let conditional = [("if-match", &*patched.etag())];
    let lost = send_json(&memory, Method::PATCH, "/servers/a", &conditional, &json!({"timeoutMs": 700}));
    assert_eq!(lost.problem(), "precondition-failed");
    memory.overtaken.set(1_000);
    assert_eq!(patch(&memory, &json!({"timeoutMs": 800})).problem(), "unavailable");
}

#[test]
fn keys_are_patched_too() {
    let memory = Memory::default();
    let body = json!({"name": "ci", "servers": ["a"], "rateLimitPerMinute": 5, "tools": {"default": "blocked"}});
    let made = send_json(&memory, Method::POST, "/keys", &[], &body);
    let path = format!("/keys/{}", made.body["id"].as_str().expect("an id"));
    let patch = json!({"rateLimitPerMinute": null, "role": "manage", "tools": {"default": null}});
    let patched = send_json(&memory, Method::PATCH, &path, &[], &patch);
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.body);
    let expected =
        json!({"name": "ci", "servers": ["a"], "role": "manage", "tools": {"default": "allowed"}, "version": 2});
    for (name, value) in expected.as_object().expect("members") {
        assert_eq!(patched.body[name], *value);
    }
    assert_eq!(patched.body.get("rateLimitPerMinute"), None);
    for (wrong, place) in [
        (json!({"name": null}), "/name"),
        (json!({"id": null}), "/id"),
        (json!({"role": {"use": null}}), "/role"),
        (json!({"tools": []}), "/tools"),
        (json!([]), ""),
    ] {
        let refused = send_json(&memory, Method::PATCH, &path, &[], &wrong);
        assert_eq!((refused.problem(), refused.places()), ("invalid-body", vec![place]), "{wrong}");
    }
}
