mod support;

use base64::{Engine, engine::general_purpose::STANDARD};
use support::{RESOURCE, Scene, TOKEN_ENDPOINT, configuration, credentials, form, pages};
use upstream_oauth::{ClientAuthentication, ClientCredentials};

#[test]
fn the_request_asks_for_a_token_for_this_server() {
    let scene = Scene::with_pages(
        configuration(ClientCredentials { scope: Some("tools:read tools:call".to_string()), ..credentials() }),
        pages(),
    );
    assert_eq!(scene.token(), Ok("token-1".to_string()));
    let request = scene.last();
    assert_eq!((request.http_method.as_str(), request.url.to_string().as_str()), ("POST", TOKEN_ENDPOINT));
    assert_eq!(request.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(request.header("accept"), "application/json");
    assert_eq!(request.header("content-length"), request.bytes.len().to_string());
    let fields = form(&request);
    let expected = [("grant_type", "client_credentials"), ("resource", RESOURCE), ("scope", "tools:read tools:call")];
    assert_eq!(fields.into_iter().collect::<Vec<_>>(), expected.map(|(a, b)| (a.to_string(), b.to_string())));
}

#[test]
fn nothing_is_said_of_a_scope_that_is_not_configured() {
    let scene = Scene::with_pages(configuration(credentials()), pages());
    scene.token().expect("a token");
    assert!(!form(&scene.last()).contains_key("scope"));
}

#[test]
fn ids_and_secrets_are_encoded_before_they_are_joined() {
    for (id, secret, joined) in [
        ("bobbin", "plain-1_2.3*", "bobbin:plain-1_2.3*"),
        ("https://bobbin.example/client", "a:b", "https%3A%2F%2Fbobbin.example%2Fclient:a%3Ab"),
        ("name with spaces", "100%+1", "name+with+spaces:100%25%2B1"),
        ("bébé", "😀~\"\n", "b%C3%A9b%C3%A9:%F0%9F%98%80%7E%22%0A"),
        ("", "", ":"),
    ] {
        let authentication = ClientAuthentication::ClientSecretBasic { secret: secret.to_string() };
        let client = ClientCredentials { client_id: id.to_string(), authentication, ..credentials() };
        let scene = Scene::with_pages(configuration(client), pages());
        scene.token().expect("a token");
        let request = scene.last();
        let encoded = request.header("authorization").strip_prefix("Basic ").expect("Basic");
        assert_eq!(String::from_utf8(STANDARD.decode(encoded).expect("base64")).expect("UTF-8"), joined);
        assert!(request.headers["authorization"].is_sensitive());
    }
}
