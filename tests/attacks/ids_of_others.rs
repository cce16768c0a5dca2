//! Ways to take up what another key began at a server that knows no callers apart: ids of its events, of requests in
//! both directions, and progress tokens.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{Client, HEADERS};
use tests::era::Era;
use tests::events::Events;
use tests::gateway::Gateway;
use tests::http::{Answer, Connection};
use tests::upstream::{Shared, servers};

const ADMIN: &str = "key-of-the-operator-4711";

/// Ids as somebody guesses them.
fn guesses() -> Vec<Value> {
    let numbers = 0..4;
    numbers.clone().map(Value::from).chain(numbers.map(|number| json!(number.to_string()))).collect()
}

async fn post(client: &Client, path: &str, era: Era, message: &Value) -> Answer {
    client.send("POST", path, &headers(era, message), message.to_string()).await
}

fn headers(era: Era, message: &Value) -> Vec<(&str, &str)> {
    let mut headers = [&HEADERS[..], &[("mcp-protocol-version", era.version())]].concat();
    if era == Era::Modern {
        headers.extend(message["method"].as_str().map(|method| ("mcp-method", method)));
        headers.extend(message["params"]["name"].as_str().map(|name| ("mcp-name", name)));
    }
    headers
}

fn call(era: Era, id: Value, of: &str) -> Value {
    let mut meta = json!({"progressToken": id});
    if era == Era::Modern {
        meta["io.modelcontextprotocol/protocolVersion"] = json!(era.version());
        meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
    }
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": {"name": "ask", "arguments": {"of": of}, "_meta": meta}})
}

/// Waits until something is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(10), "within ten seconds: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What a call of `ask` says that became of it.
fn ended(response: &Value) -> Value {
    let text = response["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{response}"));
    serde_json::from_str(text).expect("JSON")
}

/// Sends whatever could end or answer the calls of others, or read of them; gives what there was to read.
async fn attack(attacker: &Attacker, era: Era, guesses: &[Value]) -> String {
    let mut read = String::new();
    for id in guesses {
        let of = |method: &str, params: Value| json!({"jsonrpc": "2.0", "method": method, "params": params});
        for message in [
            of("notifications/cancelled", json!({"requestId": id, "reason": "attack"})),
            of("notifications/progress", json!({"progressToken": id, "progress": 1, "message": "attack"})),
            json!({"jsonrpc": "2.0", "id": id, "result": {"action": "attack"}}),
        ] {
            read += &attacker.post(era, &message).await;
        }
        let event = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        read += &attacker.resume(&event).await;
    }
    read
}

/// Somebody at a door.
struct Attacker {
    address: SocketAddr,
    path: &'static str,
    authorization: String,
}

impl Attacker {
    async fn send(&self, method: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut connection = Connection::open(self.address).await.expect("it accepts connections");
        let headers = [headers, &[("authorization", self.authorization.as_str())]].concat();
        connection.send(method, self.path, &headers, body).await.expect("it answers")
    }

    async fn post(&self, era: Era, message: &Value) -> String {
        let answer = self.send("POST", &headers(era, message), message.to_string()).await;
        String::from_utf8_lossy(&answer.body).into_owned()
    }

    async fn resume(&self, event: &str) -> String {
        let headers = [("accept", "text/event-stream"), ("last-event-id", event)];
        String::from_utf8_lossy(&self.send("GET", &headers, String::new()).await.body).into_owned()
    }
}

#[test]
fn the_server_alone_takes_them_all() {
    tests::run(async {
        for era in Era::ALL {
            let server = Shared::start(era).await;
            let attacker = Attacker { address: server.address(), path: "/mcp", authorization: String::new() };
            let events =
                Events::open(server.address(), "POST", "/mcp", &HEADERS, call(era, json!(1), "a secret").to_string());
            let mut events = events.await.expect("a stream");
            until("the call", || server.under_way() == 1).await;
            let read = attack(&attacker, era, &guesses()).await;
            assert!(read.contains("a secret"), "{read}");
            let response = events.until("the response", |message| message["result"].is_object()).await;
            assert_ne!(ended(&response)["ended"], "nobody", "{response}");
        }
    });
}

#[test]
fn no_key_takes_up_what_another_began() {
    tests::run(async {
        for era in Era::ALL {
            let server = Shared::start(era).await;
            let declared = servers([("x", server.url())]);
            let gateway = Gateway::start_with(&[("servers", declared.as_str()), ("admin_key", ADMIN)]).await;
            let api = gateway.api().with_key(ADMIN);
            let (one, other) = (api.add_key(json!({})).await, api.add_key(json!({})).await);
            let attacker = Attacker {
                address: gateway.address(),
                path: "/mcp/x",
                authorization: format!("Bearer {}", other.text),
            };
            let authorization = format!("Bearer {}", one.text);
            for id in [json!(1), json!("1")] {
                let message = call(era, id.clone(), "a secret");
                let headers = [&headers(era, &message)[..], &[("authorization", authorization.as_str())]].concat();
                let events = Events::open(gateway.address(), "POST", "/mcp/x", &headers, message.to_string());
                let mut events = events.await.expect("a stream");
                until("the call", || server.under_way() == 1).await;
                let mut guesses = guesses();
                let told = events.next().await.expect("progress");
                assert_eq!(told["params"]["progressToken"], id, "its own token");
                if era == Era::Legacy {
                    // Even those that are told to the other.
                    let asked = events.next().await.expect("a request");
                    guesses.extend([asked["id"].clone(), asked["params"]["_meta"]["progressToken"].clone()]);
                }
                let read = attack(&attacker, era, &guesses).await;
                assert!(!read.contains("a secret"), "{read}");
                let response = events.until("the response", |message| message["result"].is_object()).await;
                assert_eq!(response["id"], id);
                assert_eq!(ended(&response), json!({"of": "a secret", "ended": "nobody", "heard": []}));
            }
        }
    });
}

#[test]
fn whose_they_are_uses_them() {
    tests::run(async {
        let server = Shared::start(Era::Legacy).await;
        let declared = servers([("x", server.url())]);
        let gateway = Gateway::start_with(&[("servers", declared.as_str()), ("admin_key", ADMIN)]).await;
        let key = gateway.api().with_key(ADMIN).add_key(json!({})).await;
        let client = gateway.client().with_key(&key.text);
        let authorization = format!("Bearer {}", key.text);
        let begin = async |id: u64| {
            let headers = [&HEADERS[..], &[("authorization", authorization.as_str())]].concat();
            let body = call(Era::Legacy, json!(id), "mine").to_string();
            Events::open(gateway.address(), "POST", "/mcp/x", &headers, body).await.expect("a stream")
        };
        let mut events = begin(1).await;
        let is_request = |message: &Value| message["method"] == "elicitation/create";
        let asked = events.until("a request", is_request).await;
        let token = &asked["params"]["_meta"]["progressToken"];
        let progress = json!({"jsonrpc": "2.0", "method": "notifications/progress",
            "params": {"progressToken": token, "progress": 1, "message": "of mine"}});
        let answer = json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "accept"}});
        for message in [progress, answer] {
            assert_eq!(post(&client, "/mcp/x", Era::Legacy, &message).await.status, StatusCode::ACCEPTED);
        }
        let response = events.until("the response", |message| message["result"].is_object()).await;
        assert_eq!(ended(&response), json!({"of": "mine", "ended": {"action": "accept"}, "heard": ["of mine"]}));

        let mut events = begin(2).await;
        events.until("a request", is_request).await;
        let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}});
        assert_eq!(post(&client, "/mcp/x", Era::Legacy, &cancel).await.status, StatusCode::ACCEPTED);
        let response = events.until("the response", |message| message["result"].is_object()).await;
        assert_eq!(ended(&response)["ended"], "cancelled");

        // From its first event on, of which the id is in the answer as it came.
        let headers = [&HEADERS[..], &[("authorization", authorization.as_str())]].concat();
        let whole = client.send("POST", "/mcp/x", &headers, call(Era::Legacy, json!(3), "resumed").to_string()).await;
        let text = String::from_utf8_lossy(&whole.body).into_owned();
        let first = text.lines().find_map(|line| line.strip_prefix("id: ")).expect("an id");
        let resuming = [("accept", "text/event-stream"), ("last-event-id", first)];
        let resumed = client.send("GET", "/mcp/x", &resuming, "").await;
        let resumed = String::from_utf8_lossy(&resumed.body).into_owned();
        assert!(resumed.contains("resumed") && resumed.contains("\"id\":3"), "{resumed}");
    });
}
