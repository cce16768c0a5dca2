//! An MCP client that speaks one era to the letter and shows everything that it gets.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use http::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, HEADERS, message};
use crate::era::Era;
use crate::events::Events;
use crate::http::{Answer, Error};

/// A client of one endpoint.
pub struct Peer {
    client: Client,
    path: String,
    era: Era,
    capabilities: Value,
    session: Option<String>,
    last_id: AtomicU64,
}

impl Peer {
    /// A modern client that can do this.
    pub fn modern(client: Client, path: &str, capabilities: Value) -> Self {
        Self::new(client, path, Era::Modern, capabilities)
    }

    /// A legacy client that can do this, after its handshake.
    ///
    /// # Panics
    /// When the handshake fails.
    pub async fn legacy(client: Client, path: &str, capabilities: Value) -> Self {
        Self::new(client, path, Era::Legacy, capabilities).begun().await
    }

    /// A client of this era that can do nothing but ask, after its handshake if it has one.
    ///
    /// # Panics
    /// When the handshake fails.
    pub async fn of(era: Era, client: Client, path: &str) -> Self {
        Self::new(client, path, era, json!({})).begun().await
    }

    /// A client that has not begun.
    pub fn new(client: Client, path: &str, era: Era, capabilities: Value) -> Self {
        Self { client, path: path.to_owned(), era, capabilities, session: None, last_id: AtomicU64::new(0) }
    }

    /// The same after its handshake, if it has one.
    ///
    /// # Panics
    /// When the handshake fails.
    pub async fn begun(mut self) -> Self {
        if self.era == Era::Legacy {
            let answer = self.begin().await;
            let response = message(&answer);
            assert_eq!(response["result"]["protocolVersion"], self.era.version(), "{response}");
            self.session = answer.headers.get("mcp-session-id").map(|id| id.to_str().expect("text").to_owned());
            let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
            assert_eq!(self.send(&initialized).await.status, StatusCode::ACCEPTED);
        }
        self
    }

    /// Sends the first request of its era.
    pub async fn begin(&self) -> Answer {
        let params = match self.era {
            Era::Legacy => json!({"protocolVersion": self.era.version(), "capabilities": self.capabilities,
                "clientInfo": client_info()}),
            Era::Modern => json!({}),
        };
        self.send(&self.message(self.era.first_method(), params)).await
    }

    /// The session that it is in.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// A request with an id of its own, and with what its era puts into `_meta`.
    pub fn message(&self, method: &str, mut params: Value) -> Value {
        if self.era == Era::Modern {
            let meta = &mut params["_meta"];
            meta["io.modelcontextprotocol/protocolVersion"] = json!(self.era.version());
            meta["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
            meta["io.modelcontextprotocol/clientInfo"] = client_info();
        }
        json!({"jsonrpc": "2.0", "id": self.last_id.fetch_add(1, Relaxed) + 1, "method": method, "params": params})
    }

    /// The headers of a message: those of its era that mirror it, the version, and the session.
    pub fn headers<'a>(&'a self, message: &'a Value) -> Vec<(&'a str, &'a str)> {
        let mut headers = HEADERS.to_vec();
        let method = message["method"].as_str();
        if method != Some("initialize") {
            headers.push(("mcp-protocol-version", self.era.version()));
        }
        headers.extend(self.session().map(|session| ("mcp-session-id", session)));
        if self.era == Era::Modern {
            headers.extend(method.map(|method| ("mcp-method", method)));
            let params = &message["params"];
            let name = params["uri"].as_str().filter(|_| method == Some("resources/read"));
            headers.extend(name.or(params["name"].as_str()).map(|name| ("mcp-name", name)));
        }
        headers
    }

    /// Posts a message.
    pub async fn send(&self, message: &Value) -> Answer {
        self.client.send("POST", &self.path, &self.headers(message), message.to_string()).await
    }

    /// The same for an answer that may break off: as much of it as comes.
    pub async fn send_for_what_comes(&self, message: &Value) -> Answer {
        self.client.send_for_what_comes("POST", &self.path, &self.headers(message), message.to_string()).await
    }

    /// Sends a request, and gives the JSON-RPC response.
    ///
    /// # Panics
    /// When the answer ends with no response to it.
    pub async fn request(&self, method: &str, params: Value) -> Value {
        let request = self.message(method, params);
        let response = message(&self.send(&request).await);
        assert_eq!(response["id"], request["id"], "{method}: {response}");
        response
    }

    /// Sends a request, and gives its result.
    ///
    /// # Panics
    /// When there is none.
    pub async fn result(&self, method: &str, params: Value) -> Value {
        let mut response = self.request(method, params).await;
        assert!(response["result"].is_object(), "{method} has a result: {response:#}");
        response["result"].take()
    }

    /// Sends a request, and gives its answer as it comes.
    ///
    /// # Panics
    /// When there is none.
    pub async fn stream(&self, method: &str, params: Value) -> Events {
        self.try_stream(method, params).await.expect("the gateway answers")
    }

    /// Sends a request, and gives its answer as it comes.
    ///
    /// # Errors
    /// When the connection breaks before there is one.
    pub async fn try_stream(&self, method: &str, params: Value) -> Result<Events, Error> {
        let request = self.message(method, params);
        Events::open(self.client.address(), "POST", &self.path, &self.headers(&request), request.to_string()).await
    }

    /// The stream of what a legacy server says unasked.
    ///
    /// # Panics
    /// When there is none.
    pub async fn hear(&self) -> Events {
        let headers = self.headers(&Value::Null);
        let opened = Events::open(self.client.address(), "GET", &self.path, &headers, String::new()).await;
        opened.expect("the gateway answers")
    }

    /// Ends the session.
    pub async fn end(&self) -> Answer {
        self.client.send("DELETE", &self.path, &self.headers(&Value::Null), "").await
    }
}

fn client_info() -> Value {
    json!({"name": "tests", "version": "1"})
}
