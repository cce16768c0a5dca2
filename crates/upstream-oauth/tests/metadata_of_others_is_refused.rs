mod support;

use scripted_upstream::Answer;
use serde_json::json;
use support::{
    ISSUER, RESOURCE, RESOURCE_METADATA, SERVER_METADATA, Scene, TOKEN_ENDPOINT, configuration, credentials, pages,
    resource_metadata, server_metadata,
};
use upstream_oauth::{ClientAuthentication, ClientCredentials, Problem, SigningKey};

/// The problem when one page is another.
fn problem(client: ClientCredentials, url: &'static str, answer: Answer) -> Problem {
    let mut pages = pages();
    pages.push((url, answer));
    let scene = Scene::with_pages(configuration(client), pages);
    let error = scene.token().expect_err("refused");
    assert!(!scene.asked().iter().any(|asked| asked == TOKEN_ENDPOINT), "nobody is given the credential");
    *error.problem
}

fn with_key() -> ClientCredentials {
    let key = SigningKey::from_pkcs8_pem(include_str!("keys/p256.pem"), None).expect("a key");
    ClientCredentials { authentication: ClientAuthentication::PrivateKeyJwt { key, key_id: None }, ..credentials() }
}

#[test]
fn an_issuer_that_differs_in_a_letter() {
    for other in [
        "https://as.example.com/tenant/",
        "https://as.example.com/Tenant",
        "https://AS.example.com/tenant",
        "https://as.example.com:443/tenant",
        "https://evil.example.com",
        "",
    ] {
        let given = ClientCredentials { issuer: Some(ISSUER.to_string()), ..credentials() };
        for client in [credentials(), given] {
            let found = problem(client, SERVER_METADATA, server_metadata(other, TOKEN_ENDPOINT));
            assert_eq!(found, Problem::WrongIssuer { found: other.to_string() });
        }
    }
}

#[test]
fn another_resource() {
    for other in ["https://evil.example.com/team/mcp", "https://mcp.example.com/team/other", "", "mcp"] {
        let found = problem(credentials(), RESOURCE_METADATA, resource_metadata(other, ISSUER));
        assert!(matches!(found, Problem::WrongResource { .. }), "{other}: {found}");
    }
}

#[test]
fn no_authorization_server() {
    for metadata in [
        json!({"resource": RESOURCE}),
        json!({"resource": RESOURCE, "authorization_servers": []}),
        json!({"resource": RESOURCE, "authorization_servers": ["as"]}),
        json!({"resource": RESOURCE, "authorization_servers": ["https://as.example.com/tenant?x=1"]}),
        json!({"resource": RESOURCE, "authorization_servers": ["https://as.example.com/tenant#x"]}),
        json!({"resource": RESOURCE, "authorization_servers": ["https://user@as.example.com/tenant"]}),
    ] {
        let found = problem(credentials(), RESOURCE_METADATA, Answer::json(200, &metadata));
        assert_eq!(found, Problem::NoAuthorizationServer, "{metadata}");
    }
}

#[test]
fn an_issuer_in_the_configuration_that_is_none() {
    for issuer in ["", "as", "https://user:pass-word@as.example.com", "https://as.example.com/?x"] {
        for token_endpoint in [None, Some(TOKEN_ENDPOINT.parse().expect("a URL"))] {
            let client = ClientCredentials { issuer: Some(issuer.to_string()), token_endpoint, ..credentials() };
            let scene = Scene::with_pages(configuration(client), pages());
            let error = scene.token().expect_err("refused");
            assert_eq!(*error.problem, Problem::InvalidIssuer);
            assert!(!error.to_string().contains("pass-word"), "{error}");
            assert!(scene.asked().is_empty());
        }
    }
}

#[test]
fn a_method_that_is_not_listed() {
    let metadata = |member: &str, list: &[&str]| {
        Answer::json(200, &json!({"issuer": ISSUER, "token_endpoint": TOKEN_ENDPOINT, member: list}))
    };
    let methods = metadata("token_endpoint_auth_methods_supported", &["client_secret_post", "none"]);
    let supported = "client_secret_post, none".to_string();
    assert_eq!(
        problem(credentials(), SERVER_METADATA, methods.clone()),
        Problem::Unsupported { chosen: "client_secret_basic".to_string(), supported: supported.clone() }
    );
    assert_eq!(
        problem(with_key(), SERVER_METADATA, methods),
        Problem::Unsupported { chosen: "private_key_jwt".to_string(), supported }
    );
    let algorithms = metadata("token_endpoint_auth_signing_alg_values_supported", &["RS256"]);
    assert_eq!(
        problem(with_key(), SERVER_METADATA, algorithms.clone()),
        Problem::Unsupported { chosen: "ES256".to_string(), supported: "RS256".to_string() }
    );
    // A secret is not signed with.
    let mut pages = pages();
    pages.push((SERVER_METADATA, algorithms));
    Scene::with_pages(configuration(credentials()), pages).token().expect("a token");
}

#[test]
fn a_method_among_those_listed_is_used() {
    let metadata = json!({
        "issuer": ISSUER,
        "token_endpoint": TOKEN_ENDPOINT,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
    });
    for client in [credentials(), with_key()] {
        let mut pages = pages();
        pages.push((SERVER_METADATA, Answer::json(200, &metadata)));
        Scene::with_pages(configuration(client), pages).token().expect("a token");
    }
}

#[test]
fn metadata_without_a_token_endpoint() {
    for metadata in [json!({"issuer": ISSUER}), json!({"issuer": ISSUER, "token_endpoint": "/ token"})] {
        let found = problem(credentials(), SERVER_METADATA, Answer::json(200, &metadata));
        assert!(matches!(found, Problem::Malformed { .. }), "{found}");
    }
}

#[test]
fn another_authorization_server_than_the_one_that_took_the_credentials() {
    const OTHER: &str = "https://evil.example.com";
    const OTHER_METADATA: &str = "https://evil.example.com/.well-known/oauth-authorization-server";
    let moved = || {
        let mut pages = pages();
        pages.push((RESOURCE_METADATA, resource_metadata(RESOURCE, OTHER)));
        pages.push((OTHER_METADATA, server_metadata(OTHER, "https://evil.example.com/token")));
        pages
    };
    let is_refused = |scene: &Scene| {
        let error = scene.token().expect_err("refused");
        assert_eq!(*error.problem, Problem::OtherIssuer { bound: ISSUER.to_string(), found: OTHER.to_string() });
        assert!(!scene.asked().iter().any(|asked| asked.starts_with(OTHER)));
    };

    let mut requests = 0;
    let scene = Scene::new(configuration(credentials()), move |received| {
        requests += 1;
        let web = if requests <= 3 { pages() } else { moved() };
        let url = received.url.to_string();
        web.into_iter().rev().find(|(page, _)| *page == url).expect("a page").1
    });
    assert_eq!(scene.tokens.issuer(), None);
    scene.token().expect("a token");
    assert_eq!(scene.tokens.issuer().as_deref(), Some(ISSUER));
    scene.clock.advance(60 * 60 * 1_000);
    is_refused(&scene);

    let later = Scene::with_pages(configuration(credentials()), moved());
    later.tokens.bind_issuer(ISSUER.to_string());
    is_refused(&later);

    let given = ClientCredentials { issuer: Some(OTHER.to_string()), ..credentials() };
    let mut web = moved();
    web.push(("https://evil.example.com/token", support::token("token-2")));
    let told = Scene::with_pages(configuration(given), web);
    told.tokens.bind_issuer(ISSUER.to_string());
    assert_eq!(told.token(), Ok("token-2".to_string()), "the operator's word counts");
}
