//! Where a policy holds, real servers read what the gateway passes as the gateway read it: a request as that request, a
//! notification or a response as one, an allowed call as that call; and a blocked tool never runs.

use std::net::SocketAddr;
use std::time::Duration;

use http::StatusCode;
use mcp::{
    Message,
    strict::{Body, read_strictly},
};
use serde_json::{Value, json};
use tests::client::message;
use tests::gateway::Gateway;
use tests::http::{Answer, Connection};
use tests::peer::Peer;
use tests::upstream::{Recording, Sdk};

use crate::odd_messages::{Chance, next};

/// How many messages are sent to each server, and from where they begin: the variables `BOBBIN_ODD_MESSAGES` and
/// `BOBBIN_ODD_SEED`.
const MESSAGES: u64 = 1_000;
const SEED: u64 = 4_711;

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

async fn post(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut connection = Connection::open(address).await.expect("it accepts connections");
    connection.send("POST", path, headers, body.to_vec()).await.expect("it answers")
}

#[test]
fn on_the_typescript_sdk() {
    differential(Sdk::TypeScript);
}

#[test]
fn on_the_python_sdk() {
    differential(Sdk::Python);
}

#[test]
fn on_rmcp() {
    differential(Sdk::Rmcp);
}

/// How often each thing was found.
#[derive(Debug, Default)]
struct Found {
    refused: usize,
    read: usize,
    blocked: usize,
    others: usize,
}

fn differential(sdk: Sdk) {
    tests::run(async {
        let server = Recording::start(sdk);
        let gateway = Gateway::start_with(&[]).await;
        let policy = json!({"rules": [{"name": "wipe", "access": "blocked"}]});
        gateway.api().add_server("x", &server.url(), json!({ "tools": policy })).await;
        let peer = Peer::legacy(gateway.client(), "/mcp/x", json!({})).await;
        let headers = peer.headers(&Value::Null);
        let mut chance = Chance::new(variable("BOBBIN_ODD_SEED", SEED));
        let mut found = Found::default();
        let (mut all, mut passed_over) = (Vec::new(), Vec::new());
        let messages = usize::try_from(variable("BOBBIN_ODD_MESSAGES", MESSAGES)).expect("a number");
        for number in 0..messages {
            let body = next(&mut chance, number + 1);
            let text = String::from_utf8_lossy(&body).into_owned();
            let before = server.ran().len();
            let answer = post(gateway.address(), "/mcp/x", &headers, &body).await;
            let ran = server.ran().split_off(before);
            all.extend(ran.clone());
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            match read_strictly(&body) {
                Ok(Body::Single(Message::Request(request))) => {
                    let response = message(&answer);
                    assert_eq!(response["id"], Value::from(&request.id), "{sdk:?} {text}: {said}");
                    let name = request.params.get("name").and_then(Value::as_str);
                    let takes = request.params.get("arguments").is_none_or(Value::is_object);
                    match (request.method.as_str(), name) {
                        ("tools/call", Some("read")) if takes => {
                            assert!(
                                ran == ["read"] && response["result"].is_object(),
                                "{sdk:?} {text}: {ran:?} {said}"
                            );
                            found.read += 1;
                        }
                        // What a tool takes is the server's to say.
                        ("tools/call", Some("read")) => {
                            assert!(ran.is_empty() || ran == ["read"], "{sdk:?} {text}: {ran:?}")
                        }
                        ("tools/call", _) => {
                            let is_refused = response["error"].is_object() || response["result"]["isError"] == true;
                            assert!(is_refused && ran.is_empty(), "{sdk:?} {text}: {ran:?} {said}");
                            found.blocked += 1;
                        }
                        _ => {
                            assert!(ran.is_empty(), "{sdk:?} {text}: {ran:?}");
                            found.others += 1;
                        }
                    }
                }
                Ok(Body::Single(_)) => {
                    assert_eq!(answer.status, StatusCode::ACCEPTED, "{sdk:?} {text}: {said}");
                    assert!(ran.is_empty(), "{sdk:?} {text}: {ran:?}");
                    found.others += 1;
                }
                // MCP 2025-11-25 has no batches.
                Ok(Body::Batch(_)) | Err(_) => {
                    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{sdk:?} {text}: {said}");
                    assert!(ran.is_empty(), "{sdk:?} {text}: {ran:?}");
                    found.refused += 1;
                    passed_over.push(body);
                }
            }
        }
        // What was only accepted could still be running.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(server.ran(), all, "{sdk:?}: something ran later");
        assert!(all.iter().all(|tool| tool == "read"), "{sdk:?}: {all:?}");
        let some = messages / 30;
        assert!(
            [found.refused, found.read, found.blocked, found.others].iter().all(|count| *count >= some),
            "{found:?}"
        );

        // Of what the gateway refuses, the server alone runs some.
        let address = server.url().trim_start_matches("http://").trim_end_matches("/mcp").parse().expect("an address");
        let alone = Peer::legacy(tests::client::Client::new(address), "/mcp", json!({})).await;
        let headers = alone.headers(&Value::Null);
        for body in &passed_over {
            post(address, "/mcp", &headers, body).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let ran = server.ran().split_off(all.len());
        println!("{sdk:?} {found:?}; alone it ran {} of those refused", ran.len());
        assert!(ran.iter().any(|tool| tool == "wipe"), "{sdk:?}: {ran:?}");
    });
}
