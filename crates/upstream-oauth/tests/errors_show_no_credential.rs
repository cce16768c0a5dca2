mod support;

use mcp_client::TransportError;
use scripted_upstream::{Answer, Received};
use serde_json::json;
use support::{SECRET, Scene, TOKEN_ENDPOINT, configuration, credentials, direct, form, pages};
use upstream_oauth::{CachedToken, ClientAuthentication, ClientCredentials, Configuration, Party, Problem, SigningKey};

/// What an authorization server could echo: all of what proves that the gateway is the client.
fn credential(received: &Received) -> String {
    match form(received).remove("client_assertion") {
        Some(assertion) => assertion,
        None => received.header("authorization").to_string(),
    }
}

fn signing() -> Configuration {
    let key = SigningKey::from_pkcs8_pem(include_str!("keys/ed25519.pem"), None).expect("a key");
    let authentication = ClientAuthentication::PrivateKeyJwt { key, key_id: None };
    let token_endpoint = Some(TOKEN_ENDPOINT.parse().expect("a URL"));
    configuration(ClientCredentials { authentication, token_endpoint, ..credentials() })
}

#[track_caller]
fn shows_nothing(error: &upstream_oauth::Error, credential: &str) {
    let text = format!("{error} {error:?}");
    // Neither the beginning nor the end of it.
    for piece in [&credential[..8], &credential[credential.len() - 8..]] {
        assert!(!text.contains(piece), "{text} has {piece}");
    }
    for piece in ["secret/", "secret%2F", "odd="] {
        assert!(!text.contains(piece), "{text} has {piece}");
    }
    assert!(text.contains("https://as.example.com"), "{text}");
}

#[test]
fn whatever_is_echoed() {
    let echoes: [fn(String) -> Answer; 7] = [
        |echo| Answer::json(401, &json!({"error": "invalid_client", "error_description": format!("You sent {echo}.")})),
        |echo| Answer::json(400, &json!({"error": echo})),
        |echo| Answer::json(200, &json!({"error": "no", "error_description": echo, "access_token": echo})),
        |echo| Answer::json(200, &json!({"access_token": "x", "token_type": echo})),
        |echo| Answer::json(200, &json!({"access_token": format!("{echo}\n"), "token_type": "bearer"})),
        |echo| Answer::text(500, "text/html", &echo),
        |echo| Answer::fails(TransportError::Broken(format!("while sending {echo}"))),
    ];
    let forms: [fn(String) -> String; 4] = [
        |whole| whole.trim_start_matches("Basic ").to_string(),
        |whole| form_urlencoded::byte_serialize(whole.as_bytes()).collect(),
        |whole| whole.chars().take(40).collect(),
        |whole| if whole.starts_with("Basic ") { SECRET.to_string() } else { whole[whole.len() - 40..].to_string() },
    ];
    for configuration in [direct, signing] {
        for echo in echoes {
            for form in forms {
                let scene = Scene::new(configuration(), move |received| echo(form(credential(received))));
                let error = scene.token().expect_err("an error");
                shows_nothing(&error, &credential(&scene.last()));
            }
        }
    }
}

#[test]
fn the_error_of_oauth_is_told_with_the_authorization_server() {
    let refusal = json!({"error": "invalid_scope", "error_description": "Unknown\nscope: tools", "error_uri": "x"});
    let mut pages = pages();
    pages.push((TOKEN_ENDPOINT, Answer::json(400, &refusal)));
    let error = Scene::with_pages(configuration(credentials()), pages).token().expect_err("refused");
    assert_eq!(error.party, Party::AuthorizationServer { name: support::ISSUER.to_string() });
    assert_eq!(
        error.to_string(),
        "The authorization server https://as.example.com/tenant refused to give a token (HTTP 400 Bad Request): \
         invalid_scope: Unknown scope: tools. Check the scope."
    );
}

#[test]
fn a_token_in_an_answer_that_is_refused_is_not_shown() {
    for answer in [
        json!({"access_token": "token-of-another-type", "token_type": "DPoP"}),
        json!({"access_token": ["token-of-another-type"], "token_type": "bearer"}),
        json!(["token-of-another-type"]),
    ] {
        let scene = Scene::new(direct(), move |_| Answer::json(200, &answer));
        let error = scene.token().expect_err("refused");
        assert!(!format!("{error} {error:?}").contains("another-type"), "{error:?}");
        assert!(!matches!(*error.problem, Problem::Refused { .. }));
    }
}

#[test]
fn what_is_printed_for_debugging_shows_none() {
    let token = CachedToken { access_token: "token-1".to_string(), expires_at_unix_ms: 1 };
    let text = format!("{:?} {:?} {token:?}", direct(), signing());
    for secret in [SECRET, "token-1", "PRIVATE", "SigningKey"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(text.contains("client_secret_basic") && text.contains("private_key_jwt"), "{text}");
}

#[test]
fn the_servers_path_and_query_are_not_shown() {
    let error = Scene::with_pages(configuration(credentials()), Vec::new()).token().expect_err("no metadata");
    let text = format!("{error} {error:?}");
    assert!(text.contains("https://mcp.example.com") && !text.contains("team") && !text.contains("query"), "{text}");
}
