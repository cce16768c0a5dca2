//! A client of the admin API.

use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::client::Client;
use crate::http::Answer;

/// Somebody who manages a gateway.
#[derive(Clone, Copy)]
pub struct Api {
    client: Client,
}

/// What the API answered.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; null when it is empty.
    pub body: Value,
}

/// A key as it is made.
pub struct Key {
    /// Names it.
    pub id: String,
    /// What a client sends.
    pub text: String,
}

impl Api {
    /// The API of a gateway, as this client is let in.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The same with a key.
    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        Self { client: self.client.with_key(key) }
    }

    /// Sends a request; the path goes on after `/api/v1`. Null is no body.
    ///
    /// # Panics
    /// When the answer is neither empty nor JSON.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Reply {
        let content_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let (kind, body) = match body {
            Value::Null => (vec![], String::new()),
            body => (vec![("content-type", content_type)], body.to_string()),
        };
        let answer = self.client.send(method, &format!("/api/v1{path}"), &[headers, &kind].concat(), body).await;
        Reply::read(answer)
    }

    /// Sends a request that must succeed, and gives the body of the answer.
    ///
    /// # Panics
    /// When it does not succeed.
    pub async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let reply = self.send(method, path, &[], body).await;
        assert!(reply.status.is_success(), "{method} {path}: {reply:#?}");
        reply.body
    }

    /// Reads what must be there.
    pub async fn get(&self, path: &str) -> Value {
        self.ask("GET", path, Value::Null).await
    }

    /// Registers a server.
    pub async fn add_server(&self, alias: &str, url: &str, members: Value) -> Value {
        let mut server = json!({"alias": alias, "url": url});
        server.as_object_mut().expect("an object").extend(members.as_object().cloned().unwrap_or_default());
        self.ask("POST", "/servers", server).await
    }

    /// Makes a key; the settings need no name.
    ///
    /// # Panics
    /// When there is none in the answer.
    pub async fn add_key(&self, mut settings: Value) -> Key {
        if settings["name"].is_null() {
            settings["name"] = json!("of a test");
        }
        let made = self.ask("POST", "/keys", settings).await;
        let text = |name: &str| made[name].as_str().unwrap_or_else(|| panic!("{name}: {made}")).to_owned();
        Key { id: text("id"), text: text("key") }
    }
}

impl Reply {
    fn read(answer: Answer) -> Self {
        let body = match answer.body.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {:?}", answer.body)),
        };
        Self { status: answer.status, headers: answer.headers, body }
    }

    /// The kind of the problem.
    pub fn problem(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.strip_prefix("urn:bobbin:problem:").unwrap_or_else(|| panic!("a problem: {self:#?}"))
    }

    /// A header.
    ///
    /// # Panics
    /// When there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("{name}: {self:#?}"));
        value.to_str().expect("text")
    }
}
