mod support;

use scripted_upstream::Answer;
use support::{
    ISSUER, RESOURCE, RESOURCE_METADATA, SERVER_METADATA, Scene, TOKEN_ENDPOINT, challenge, configuration, credentials,
    pages, resource_metadata, server_metadata, token,
};
use upstream_address::PrivateUpstreams;
use upstream_oauth::{ClientCredentials, Configuration, Document, Problem};

/// URLs that a gateway of public servers does not go to.
const FORBIDDEN: [&str; 9] = [
    "http://as.example.com/tenant",
    "https://169.254.169.254/latest",
    "https://0xa9fea9fe/latest",
    "https://[::ffff:169.254.169.254]/latest",
    "https://127.0.0.1/",
    "http://localhost:8080/",
    "https://10.0.0.1/tenant",
    "https://metadata.google.internal./",
    "ftp://as.example.com/",
];

#[track_caller]
fn is_refused_by_address(scene: &Scene, document: Document, asked: &[&str]) {
    let error = scene.token().expect_err("refused");
    assert!(matches!(*error.problem, Problem::Address { document: found, .. } if found == document), "{error}");
    assert_eq!(scene.asked(), asked);
}

#[test]
fn the_url_of_metadata_that_a_401_names() {
    for url in FORBIDDEN {
        let scene = Scene::with_pages(configuration(credentials()), pages());
        scene.tokens.note_challenge(&challenge(&format!("Bearer resource_metadata=\"{url}\"")));
        is_refused_by_address(&scene, Document::ResourceMetadata, &[]);
    }
}

#[test]
fn the_authorization_server_that_the_server_names() {
    for url in FORBIDDEN {
        let scene = Scene::with_pages(
            configuration(credentials()),
            vec![(RESOURCE_METADATA, resource_metadata(RESOURCE, url))],
        );
        is_refused_by_address(&scene, Document::ServerMetadata, &[RESOURCE_METADATA]);
    }
}

#[test]
fn the_token_endpoint_that_metadata_names() {
    for url in FORBIDDEN {
        let mut pages = pages();
        pages[1] = (SERVER_METADATA, server_metadata(ISSUER, url));
        let scene = Scene::with_pages(configuration(credentials()), pages);
        is_refused_by_address(&scene, Document::Token, &[RESOURCE_METADATA, SERVER_METADATA]);
    }
}

#[test]
fn what_the_operator_names() {
    for url in FORBIDDEN {
        let client = ClientCredentials { issuer: Some(url.to_string()), ..credentials() };
        is_refused_by_address(&Scene::with_pages(configuration(client), pages()), Document::ServerMetadata, &[]);

        let token_endpoint = Some(url.parse().expect("a URL"));
        let client = ClientCredentials { token_endpoint, ..credentials() };
        is_refused_by_address(&Scene::with_pages(configuration(client), pages()), Document::Token, &[]);
    }
}

#[test]
fn the_address_of_the_server_itself() {
    for url in FORBIDDEN {
        let server = url.parse().expect("a URL");
        let scene = Scene::with_pages(Configuration { server, ..configuration(credentials()) }, pages());
        is_refused_by_address(&scene, Document::ResourceMetadata, &[]);
    }
}

#[test]
fn a_public_server_does_not_lead_into_private_networks_that_are_allowed() {
    let allowed = |client| Configuration { private: PrivateUpstreams::Allow, ..configuration(client) };
    let web = vec![(RESOURCE_METADATA, resource_metadata(RESOURCE, "https://10.0.0.1"))];
    let scene = Scene::with_pages(allowed(credentials()), web);
    is_refused_by_address(&scene, Document::ServerMetadata, &[RESOURCE_METADATA]);

    let given = ClientCredentials { issuer: Some(ISSUER.to_string()), ..credentials() };
    let web = vec![(SERVER_METADATA, server_metadata(ISSUER, "https://10.0.0.1/token"))];
    let scene = Scene::with_pages(allowed(given), web);
    is_refused_by_address(&scene, Document::Token, &[SERVER_METADATA]);
}

#[test]
fn a_private_server_has_a_private_authorization_server_where_that_is_allowed() {
    let allowed = Configuration {
        server: "http://127.0.0.1:3000/mcp".parse().expect("a URL"),
        private: PrivateUpstreams::Allow,
        ..configuration(credentials())
    };
    let web = vec![
        (
            "http://127.0.0.1:3000/.well-known/oauth-protected-resource/mcp",
            resource_metadata("http://127.0.0.1:3000/mcp", "http://localhost:9000"),
        ),
        (
            "http://localhost:9000/.well-known/oauth-authorization-server",
            server_metadata("http://localhost:9000", "https://10.0.0.1/token"),
        ),
        ("https://10.0.0.1/token", token("token-1")),
    ];
    assert_eq!(Scene::with_pages(allowed, web).token(), Ok("token-1".to_string()));
}

#[test]
fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Answer::status(status).header("location", "https://evil.example.com/");
        for (url, document) in [
            (RESOURCE_METADATA, Document::ResourceMetadata),
            (SERVER_METADATA, Document::ServerMetadata),
            (TOKEN_ENDPOINT, Document::Token),
        ] {
            let mut pages = pages();
            pages.push((url, elsewhere.clone()));
            let scene = Scene::with_pages(configuration(credentials()), pages);
            let error = scene.token().expect_err("a redirect");
            let status = http::StatusCode::from_u16(status).expect("a status");
            assert_eq!(*error.problem, Problem::Redirect { document, status });
            assert!(!scene.asked().iter().any(|asked| asked.contains("evil")));
        }
    }
}

#[test]
fn metadata_is_asked_for_without_credentials() {
    let scene = Scene::with_pages(configuration(credentials()), pages());
    scene.token().expect("a token");
    for request in &scene.web.received()[..2] {
        assert_eq!((request.http_method.as_str(), request.header("authorization")), ("GET", ""));
        assert!(request.bytes.is_empty() && !request.url.to_string().contains("in-the-query"));
    }
}
