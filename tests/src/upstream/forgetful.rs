//! An MCP server that makes use of what the transport allows: sessions that it forgets, lists in pages, and answers as
//! events after others that say nothing.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server inside the test process, of 2025-11-25. Its list has two pages: the tool `first`, and behind an empty
/// cursor `second` and a tool `odd` whose description has a surrogate without its partner. Each gives its name.
pub struct Forgetful {
    address: SocketAddr,
    sessions: Arc<Mutex<Sessions>>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Sessions {
    begun: usize,
    open: BTreeSet<String>,
}

impl Forgetful {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let sessions = Arc::<Mutex<Sessions>>::default();
        let served = sessions.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sessions = served.clone();
                let service = service_fn(move |request| answer(sessions.clone(), request));
                // The gateway may close the connection at any time.
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { address, sessions, serving }
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Forgets every session: whoever names one gets 400, as server-everything answers.
    pub fn forget(&self) {
        self.sessions.lock().expect("no holder panics").open.clear();
    }

    /// How many sessions were begun so far.
    pub fn begun(&self) -> usize {
        self.sessions.lock().expect("no holder panics").begun
    }
}

impl Drop for Forgetful {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    sessions: Arc<Mutex<Sessions>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let named = request.headers().get("mcp-session-id").map(|id| id.to_str().expect("text").to_owned());
    let body = request.into_body().collect().await.expect("a body").to_bytes();
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    let method = message["method"].as_str().unwrap_or_default();
    let mut sessions = sessions.lock().expect("no holder panics");
    if method == "initialize" {
        sessions.begun += 1;
        let id = format!("session-{}", sessions.begun);
        sessions.open.insert(id.clone());
        let result = json!({"protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
            "serverInfo": {"name": "forgetful", "version": "1"}});
        return Ok(events(&message["id"], &result.to_string(), Some(&id)));
    }
    if !named.is_some_and(|id| sessions.open.contains(&id)) {
        let error = json!({"jsonrpc": "2.0", "id": null,
            "error": {"code": -32000, "message": "Bad Request: No valid session ID provided"}});
        return Ok(respond(StatusCode::BAD_REQUEST, "application/json", error.to_string(), None));
    }
    Ok(match method {
        "tools/list" => events(&message["id"], list(message["params"].get("cursor")), None),
        "tools/call" => {
            let text = json!({"content": [{"type": "text", "text": message["params"]["name"]}]});
            events(&message["id"], &text.to_string(), None)
        }
        _ => respond(StatusCode::ACCEPTED, "text/plain", String::new(), None),
    })
}

fn list(cursor: Option<&Value>) -> &'static str {
    match cursor {
        None => r#"{"tools": [{"name": "first", "inputSchema": {"type": "object"}}], "nextCursor": ""}"#,
        Some(_) => {
            r#"{"tools": [{"name": "second", "inputSchema": {"type": "object"}},
                {"name": "odd", "description": "half \ud800 a pair", "inputSchema": {"type": "object"}}]}"#
        }
    }
}

/// The response as the last of some events, its data over several lines.
fn events(id: &Value, result: &str, session: Option<&str>) -> Response<Full<Bytes>> {
    let response = format!("{{\"jsonrpc\": \"2.0\",\n\"id\": {id}, \"result\":\n{result}}}");
    let data: String = response.lines().map(|line| format!("data: {line}\r\n")).collect();
    let notice =
        r#"data: {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}}"#;
    let body = format!(
        "id: 0\r\nretry: 10\r\ndata: \r\n\r\n: a comment\r\n\r\n{notice}\r\n\r\nid: 1\r\nevent: message\r\n{data}\r\n"
    );
    respond(StatusCode::OK, "text/event-stream", body, session)
}

fn respond(status: StatusCode, kind: &str, body: String, session: Option<&str>) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(status).header("content-type", kind);
    if let Some(session) = session {
        response = response.header("mcp-session-id", session);
    }
    response.body(Full::new(Bytes::from(body))).expect("a response")
}
