//! OAuth 2 client credentials, with a real authorization server: found, used, kept, renewed.

use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};
use tests::api::Api;
use tests::gateway::Gateway;
use tests::upstream::{AuthorizationServer, Guarded};

const ENCRYPTION_KEY: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

fn with_secret() -> Value {
    json!({"type": "oauth2ClientCredentials", "method": "client_secret_basic", "clientId": "with-secret",
        "clientSecret": AuthorizationServer::SECRET})
}

fn with_key() -> Value {
    json!({"type": "oauth2ClientCredentials", "method": "private_key_jwt", "clientId": "with-key",
        "privateKey": AuthorizationServer::private_key()})
}

fn with_rsa_key() -> Value {
    json!({"type": "oauth2ClientCredentials", "method": "private_key_jwt", "clientId": "with-rsa-key",
        "privateKey": AuthorizationServer::rsa_key()})
}

async fn start() -> (AuthorizationServer, Guarded, Gateway) {
    start_with(AuthorizationServer::start()).await
}

async fn start_with(authorization: AuthorizationServer) -> (AuthorizationServer, Guarded, Gateway) {
    let guarded = Guarded::start(&authorization).await;
    let gateway = Gateway::start_with(&[("encryption_key", ENCRYPTION_KEY)]).await;
    (authorization, guarded, gateway)
}

async fn register(api: Api, guarded: &Guarded, auth: Value) {
    api.add_server("guarded", &guarded.url(), json!({ "auth": auth })).await;
}

/// Calls its tool, and gives what it said or why not.
async fn who(gateway: &Gateway) -> Value {
    let run = gateway.client().execute("return await tools.guarded.who({})").await;
    match run.error() {
        Value::Null => run.value().clone(),
        error => error["message"].clone(),
    }
}

#[test]
fn by_a_secret_and_by_a_signed_assertion() {
    tests::run(async {
        for auth in [with_secret(), with_key(), with_rsa_key()] {
            let (authorization, guarded, gateway) = start().await;
            // The server itself says where tokens are to be had; or the operator names the issuer.
            let mut named = auth.clone();
            named["issuer"] = json!(authorization.issuer());
            named["scope"] = json!("tools:call");
            for auth in [auth, named] {
                register(gateway.api(), &guarded, auth).await;
                assert_eq!(who(&gateway).await, "guarded");
                let report = gateway.api().ask("POST", "/servers/guarded/test", Value::Null).await;
                assert_eq!((&report["ok"], &report["toolCount"]), (&json!(true), &json!(1)), "{report}");
                gateway.api().ask("DELETE", "/servers/guarded", Value::Null).await;
            }
            assert_eq!(authorization.counts().await.1, 0, "none was refused");
        }
    });
}

#[test]
fn by_an_rsa_key_with_the_algorithm_that_is_taken() {
    tests::run(async {
        for taken in ["RS256", "PS256"] {
            let (authorization, guarded, gateway) = start_with(AuthorizationServer::start_taking(taken)).await;
            register(gateway.api(), &guarded, with_rsa_key()).await;
            assert_eq!(who(&gateway).await, "guarded", "{taken}");
            assert_eq!(authorization.counts().await, (1, 0));
            let mut key = with_key();
            key["algorithm"] = json!("ES256");
            gateway.api().ask("PATCH", "/servers/guarded", json!({ "auth": key })).await;
            let said = who(&gateway).await.to_string();
            assert!(said.contains(&format!("does not support ES256; it lists {taken}.")), "{said}");
            assert_eq!(authorization.counts().await, (1, 0), "and it was not asked");
        }
    });
}

#[test]
fn keys_that_cannot_be_used_are_refused_with_what_helps() {
    tests::run(async {
        let (_authorization, guarded, gateway) = start().await;
        let traditional = AuthorizationServer::rsa_key().replace("PRIVATE KEY", "RSA PRIVATE KEY");
        let damaged = AuthorizationServer::rsa_key().replacen("\nMIIJ", "\nMIIK", 1);
        let keys = [
            (traditional, Value::Null, "openssl pkcs8 -topk8 -nocrypt"),
            (damaged, Value::Null, "damaged"),
            (AuthorizationServer::rsa_key(), json!("ES256"), "RSA keys, such as this one, do not sign with ES256"),
        ];
        for (key, algorithm, said) in keys {
            let mut auth = with_rsa_key();
            auth["privateKey"] = json!(key);
            auth["algorithm"] = algorithm;
            let server = json!({"url": guarded.url(), "auth": auth});
            let reply = gateway.api().send("PUT", "/servers/guarded", &[], server).await;
            assert_eq!((reply.status, reply.problem()), (StatusCode::FORBIDDEN, "key-refused"));
            let shown = reply.body.to_string();
            assert!(shown.contains(said) && !shown.contains("MII"), "{shown}");
        }
    });
}

#[test]
fn a_token_serves_many_calls() {
    tests::run(async {
        let (authorization, guarded, gateway) = start().await;
        register(gateway.api(), &guarded, with_secret()).await;
        assert_eq!(who(&gateway).await, "guarded");
        // At once, and one after the other.
        let calls = join_all((0..8).map(|_| who(&gateway))).await;
        assert_eq!(calls, vec![json!("guarded"); 8]);
        for _ in 0..10 {
            assert_eq!(who(&gateway).await, "guarded");
            let passed = gateway.client().request_at("/mcp/guarded", "tools/call", json!({"name": "who"})).await;
            assert_eq!(passed["result"]["content"][0]["text"], "guarded", "{passed}");
        }
        assert_eq!((authorization.counts().await, guarded.tokens().len()), ((1, 0), 1));
    });
}

#[test]
fn a_token_that_is_refused_is_renewed_once() {
    tests::run(async {
        let (authorization, guarded, gateway) = start().await;
        register(gateway.api(), &guarded, with_key()).await;
        assert_eq!(who(&gateway).await, "guarded");
        guarded.refuse_known_tokens();
        let calls = join_all((0..6).map(|_| who(&gateway))).await;
        assert_eq!(calls, vec![json!("guarded"); 6]);
        let (issued, refused) = authorization.counts().await;
        assert!((2..=7).contains(&issued) && refused == 0, "{issued}: at most one for each that was refused");
    });
}

#[test]
fn and_the_one_that_another_instance_kept_with_it() {
    tests::run(async {
        let (_authorization, guarded, gateway) = start().await;
        register(gateway.api(), &guarded, with_key()).await;
        // A token that replaced one is not replaced itself for some seconds, so that two rounds are all there is.
        for _ in 0..2 {
            let calls = join_all((0..6).map(|_| who(&gateway))).await;
            assert_eq!(calls, vec![json!("guarded"); 6]);
            guarded.refuse_known_tokens();
        }
    });
}

#[test]
fn what_the_authorization_server_refuses_is_said_without_credentials() {
    tests::run(async {
        let (authorization, guarded, gateway) = start().await;
        let api = gateway.api();
        for (changed, value) in [("clientSecret", "planted-and-wrong"), ("clientId", "nobody")] {
            let mut auth = with_secret();
            auth[changed] = json!(value);
            register(api, &guarded, auth).await;
            let said = who(&gateway).await.to_string();
            assert!(said.contains("guarded") && !said.contains("planted"), "{changed}: {said}");
            let report = api.ask("POST", "/servers/guarded/test", Value::Null).await;
            assert_eq!(report["error"]["kind"], "authorization", "{changed}: {report}");
            assert!(!report.to_string().contains("planted"), "{report}");
            api.ask("DELETE", "/servers/guarded", Value::Null).await;
        }
        assert_eq!((authorization.counts().await.0, guarded.tokens().len()), (0, 0));
    });
}

#[test]
fn a_stored_secret_goes_to_no_other_authorization_server() {
    tests::run(async {
        let (authorization, guarded, gateway) = start().await;
        let (thief, api) = (AuthorizationServer::start(), gateway.api());
        let mut auth = with_secret();
        auth["issuer"] = json!(authorization.issuer());
        register(api, &guarded, auth.clone()).await;
        auth["clientSecret"] = Value::Null;
        for (member, value) in [
            ("issuer", json!(thief.issuer())),
            ("tokenEndpoint", json!(format!("{}/token", thief.issuer()))),
            ("issuer", Value::Null),
        ] {
            let mut changed = auth.clone();
            changed[member] = value.clone();
            let server = json!({"url": guarded.url(), "auth": changed});
            let reply = api.send("PUT", "/servers/guarded", &[], server).await;
            assert_eq!((reply.status, reply.problem()), (StatusCode::CONFLICT, "secret-missing"), "{member} {value}");
        }
        let reply = api.send("PATCH", "/servers/guarded", &[], json!({"url": "http://127.0.0.1:1/mcp"})).await;
        assert_eq!((reply.status, reply.problem()), (StatusCode::CONFLICT, "secret-missing"));
        assert_eq!((who(&gateway).await, thief.counts().await), (json!("guarded"), (0, 0)));
        // With its value it may go elsewhere.
        auth["issuer"] = json!(thief.issuer());
        auth["clientSecret"] = json!(AuthorizationServer::SECRET);
        api.ask("PATCH", "/servers/guarded", json!({ "auth": auth })).await;
        who(&gateway).await;
        // Its token is none for this server: another one is tried, and no more.
        assert_eq!(thief.counts().await, (2, 0));
    });
}
