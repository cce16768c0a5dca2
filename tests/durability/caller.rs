//! Requests to hosts that may be killed meanwhile.

use std::net::SocketAddr;

use http::StatusCode;
use serde_json::Value;
use tests::http::Connection;

/// Kept-alive connections to the same gateway on several hosts.
pub struct Caller {
    hosts: Vec<(SocketAddr, Option<Connection>)>,
    next: usize,
}

/// What was answered.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    /// Empty when there is none.
    pub etag: String,
    /// Null when there is none.
    pub body: Value,
}

impl Caller {
    /// Asks these hosts in turn, beginning with one of them.
    pub fn new(hosts: &[SocketAddr], first: usize) -> Self {
        Self { hosts: hosts.iter().map(|address| (*address, None)).collect(), next: first }
    }

    /// Sends a request to the next host; `None` when there is no whole answer, and nobody knows what became of it.
    pub async fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Option<Answered> {
        self.next = (self.next + 1) % self.hosts.len();
        let (address, connection) = &mut self.hosts[self.next];
        let mut open = match connection.take() {
            Some(open) => open,
            None => Connection::open(*address).await.ok()?,
        };
        let (kind, text) = match body {
            Value::Null => (vec![], String::new()),
            body => (vec![("content-type", "application/json")], body.to_string()),
        };
        let answer = open.send(method, path, &[headers, &kind].concat(), text).await.ok()?;
        *connection = Some(open);
        Some(Answered {
            status: answer.status,
            etag: answer.headers.get("etag").map_or_else(String::new, |tag| tag.to_str().expect("text").to_owned()),
            body: match answer.body.is_empty() {
                true => Value::Null,
                false => serde_json::from_slice(&answer.body)
                    .unwrap_or_else(|error| panic!("{method} {path}: {error}: {:?}", answer.body)),
            },
        })
    }

    /// Reads something of the admin API.
    pub async fn get(&mut self, path: &str) -> Option<Answered> {
        self.ask("GET", &format!("/api/v1{path}"), &[], &Value::Null).await
    }

    /// Every item of a list, a page at a time.
    ///
    /// # Panics
    /// When a page cannot be read.
    pub async fn list(&mut self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}?limit=7{cursor}")).await.expect("the host answers");
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
            items.extend(page.body["items"].as_array().expect("items").iter().cloned());
            match page.body["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}
