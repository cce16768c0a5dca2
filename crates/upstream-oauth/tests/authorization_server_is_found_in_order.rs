mod support;

use mcp_client::TransportError;
use scripted_upstream::Answer;
use support::{
    ISSUER, RESOURCE, RESOURCE_METADATA, SERVER_METADATA, Scene, TOKEN_ENDPOINT, challenge, configuration, credentials,
    direct, form, pages, resource_metadata, server_metadata, token,
};
use upstream_oauth::{ClientCredentials, Document, Party, Problem};

const ROOT_METADATA: &str = "https://mcp.example.com/.well-known/oauth-protected-resource";
const OPENID_INSERTED: &str = "https://as.example.com/.well-known/openid-configuration/tenant";
const OPENID_APPENDED: &str = "https://as.example.com/tenant/.well-known/openid-configuration";

#[test]
fn the_servers_path_is_inserted() {
    let scene = Scene::with_pages(configuration(credentials()), pages());
    assert_eq!(scene.token(), Ok("token-1".to_string()));
    assert_eq!(scene.asked(), [RESOURCE_METADATA, SERVER_METADATA, TOKEN_ENDPOINT]);
}

#[test]
fn the_root_comes_next_and_its_resource_is_asked_for() {
    let mut pages = pages();
    pages[0] = (ROOT_METADATA, resource_metadata("https://mcp.example.com/", ISSUER));
    let scene = Scene::with_pages(configuration(credentials()), pages);
    scene.token().expect("a token");
    assert_eq!(scene.asked(), [RESOURCE_METADATA, ROOT_METADATA, SERVER_METADATA, TOKEN_ENDPOINT]);
    assert_eq!(form(&scene.last())["resource"], "https://mcp.example.com/");
}

#[test]
fn what_a_401_names_comes_first() {
    const NAMED: &str = "https://meta.example.com/about/mcp";
    let mut pages = pages();
    pages[0] = (NAMED, resource_metadata(RESOURCE, ISSUER));
    let scene = Scene::with_pages(configuration(credentials()), pages);
    let error = scene.token().expect_err("nothing at the well-known places");
    assert_eq!(*error.problem, Problem::NotFound { document: Document::ResourceMetadata });
    assert_eq!(error.party, Party::Resource { origin: "https://mcp.example.com".to_string() });
    assert_eq!(scene.asked(), [RESOURCE_METADATA, ROOT_METADATA]);

    let headers = challenge(&format!("Bearer error=\"invalid_token\", resource_metadata=\"{NAMED}\""));
    assert!(scene.tokens.note_challenge(&headers), "new");
    assert!(!scene.tokens.note_challenge(&headers), "known");
    assert!(!scene.tokens.note_challenge(&challenge("Bearer")), "says nothing");
    assert_eq!(scene.token(), Ok("token-1".to_string()), "the failure is forgotten");
    assert_eq!(scene.asked()[2..], [NAMED, SERVER_METADATA, TOKEN_ENDPOINT]);
}

#[test]
fn where_what_a_401_names_is_gone_the_well_known_places_count() {
    let scene = Scene::with_pages(configuration(credentials()), pages());
    scene.tokens.note_challenge(&challenge("Bearer resource_metadata=\"https://meta.example.com/gone\""));
    scene.token().expect("a token");
    assert_eq!(scene.asked()[..2], ["https://meta.example.com/gone", RESOURCE_METADATA]);
}

#[test]
fn openid_comes_after_oauth() {
    for (url, asked) in [
        (OPENID_INSERTED, vec![SERVER_METADATA, OPENID_INSERTED]),
        (OPENID_APPENDED, vec![SERVER_METADATA, OPENID_INSERTED, OPENID_APPENDED]),
    ] {
        let mut pages = pages();
        pages[1] = (url, server_metadata(ISSUER, TOKEN_ENDPOINT));
        let scene = Scene::with_pages(configuration(credentials()), pages);
        scene.token().expect("a token");
        let [first, between @ .., last] = &scene.asked()[..] else { panic!("two requests at least") };
        assert_eq!((first.as_str(), last.as_str()), (RESOURCE_METADATA, TOKEN_ENDPOINT));
        assert_eq!(between, asked);
    }
}

#[test]
fn an_issuer_without_path_has_two_places() {
    const ROOT_ISSUER: &str = "https://as.example.com";
    let mut pages = pages();
    pages[0] = (RESOURCE_METADATA, resource_metadata(RESOURCE, ROOT_ISSUER));
    pages[1] = (OPENID_ROOT, server_metadata(ROOT_ISSUER, TOKEN_ENDPOINT));
    const OPENID_ROOT: &str = "https://as.example.com/.well-known/openid-configuration";
    let scene = Scene::with_pages(configuration(credentials()), pages);
    scene.token().expect("a token");
    let oauth = "https://as.example.com/.well-known/oauth-authorization-server";
    assert_eq!(scene.asked(), [RESOURCE_METADATA, oauth, OPENID_ROOT, TOKEN_ENDPOINT]);
}

#[test]
fn web_pages_and_errors_in_place_of_metadata_do_not_hide_it() {
    let page = Answer::text(200, "text/html", "<!doctype html>");
    for answer in [page, Answer::status(500), Answer::status(403), Answer::json(200, &serde_json::json!([]))] {
        let mut pages = pages();
        pages[0] = (ROOT_METADATA, resource_metadata(RESOURCE, ISSUER));
        pages[1] = (OPENID_APPENDED, server_metadata(ISSUER, TOKEN_ENDPOINT));
        pages.extend([(RESOURCE_METADATA, answer.clone()), (SERVER_METADATA, answer)]);
        let scene = Scene::with_pages(configuration(credentials()), pages);
        assert_eq!(scene.token(), Ok("token-1".to_string()));
    }
}

#[test]
fn where_there_is_none_the_first_fault_is_told() {
    let page = Answer::text(200, "text/html", "<!doctype html>");
    let scene = Scene::with_pages(configuration(credentials()), vec![(RESOURCE_METADATA, page)]);
    let error = scene.token().expect_err("no metadata").to_string();
    let expected = "The server at https://mcp.example.com answered the request for OAuth protected resource metadata \
                    with something else: it is no JSON.";
    assert_eq!(error, expected);

    let mut pages = pages();
    pages.remove(1);
    let scene = Scene::with_pages(configuration(credentials()), pages);
    let error = scene.token().expect_err("no metadata").to_string();
    let expected = "The authorization server https://as.example.com/tenant has no OAuth authorization server metadata. \
                    Put the issuer or the token endpoint into the server's configuration.";
    assert_eq!(error, expected);
}

#[test]
fn a_host_that_cannot_be_reached_is_asked_once() {
    let pages = vec![(RESOURCE_METADATA, Answer::fails(TransportError::UnknownHost))];
    let scene = Scene::with_pages(configuration(credentials()), pages);
    let error = scene.token().expect_err("no such host");
    assert!(matches!(*error.problem, Problem::Unreachable { reason: TransportError::UnknownHost, .. }), "{error}");
    assert_eq!(scene.asked(), [RESOURCE_METADATA]);
}

#[test]
fn with_an_issuer_given_the_server_is_not_asked() {
    let client = ClientCredentials { issuer: Some(ISSUER.to_string()), ..credentials() };
    let scene = Scene::with_pages(configuration(client), pages());
    scene.token().expect("a token");
    assert_eq!(scene.asked(), [SERVER_METADATA, TOKEN_ENDPOINT]);
    assert_eq!(form(&scene.last())["resource"], RESOURCE);
}

#[test]
fn with_a_token_endpoint_given_nothing_is_discovered() {
    let scene = Scene::with_pages(direct(), vec![(TOKEN_ENDPOINT, token("token-1"))]);
    scene.token().expect("a token");
    assert_eq!(scene.asked(), [TOKEN_ENDPOINT]);
    assert_eq!(form(&scene.last())["resource"], RESOURCE);
}

#[test]
fn metadata_is_remembered_for_an_hour_and_forgotten_after_a_failure() {
    let scene = Scene::with_pages(configuration(credentials()), pages());
    scene.token().expect("a token");
    scene.renew_after("token-1").expect("a token");
    assert_eq!(scene.asked()[3..], [TOKEN_ENDPOINT]);
    scene.clock.advance(60 * 60 * 1_000);
    scene.token().expect("a token");
    assert_eq!(scene.asked()[4..], [RESOURCE_METADATA, SERVER_METADATA, TOKEN_ENDPOINT]);

    let mut healthy = true;
    let scene = Scene::new(configuration(credentials()), move |received| {
        let url = received.url.to_string();
        match url.as_str() {
            TOKEN_ENDPOINT if !std::mem::replace(&mut healthy, false) => Answer::status(503),
            _ => pages().into_iter().find(|(page, _)| *page == url).expect("a page").1,
        }
    });
    scene.token().expect("a token");
    scene.renew_after("token-1").expect_err("no token");
    scene.clock.advance(5_000);
    scene.token().expect_err("no token");
    assert_eq!(scene.asked()[4..], [RESOURCE_METADATA, SERVER_METADATA, TOKEN_ENDPOINT]);
}
