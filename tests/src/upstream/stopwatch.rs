//! An MCP server whose tools take exactly as long as they are asked to.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server inside the test process, of 2025-11-25 and without sessions, that answers in JSON. Its tools:
/// `wait` (`{"ms": 10}`) answers after so many milliseconds, `give` (`{"bytes": 10}`) with so much text.
pub struct Stopwatch {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

/// What it lists, and what has reached it.
#[derive(Default)]
struct Shared {
    list: Value,
    calls: AtomicUsize,
    authorizations: Mutex<BTreeSet<String>>,
}

impl Stopwatch {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        Self::start_listing(&own_tools()).await
    }

    /// Starts it on a free port, with these tools (MCP `Tool` objects) in its list in place of its own.
    pub async fn start_listing(tools: &[Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let shared = Arc::new(Shared { list: json!({ "tools": tools }), ..Shared::default() });
        let serving = tokio::spawn(serve(listener, shared.clone()));
        Self { address, shared, serving }
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many tool calls have reached it.
    pub fn calls(&self) -> usize {
        self.shared.calls.load(Ordering::SeqCst)
    }

    /// The different values of `Authorization` that have reached it; empty for a request that had none.
    pub fn authorizations(&self) -> BTreeSet<String> {
        self.shared.authorizations.lock().expect("no holder panics").clone()
    }
}

impl Drop for Stopwatch {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve_connection(stream, shared.clone()));
    }
}

async fn serve_connection(stream: TcpStream, shared: Arc<Shared>) {
    stream.set_nodelay(true).expect("a TCP socket");
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, Infallible>(respond(request, &shared).await) }
    });
    // A client that goes away is no concern of the server's.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(request: Request<Incoming>, shared: &Shared) -> Response<Full<Bytes>> {
    if request.method() != Method::POST {
        return empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let authorization = request.headers().get("authorization").map_or("", |value| value.to_str().expect("text"));
    shared.authorizations.lock().expect("no holder panics").insert(authorization.to_owned());
    let Ok(body) = request.into_body().collect().await else { return empty(StatusCode::BAD_REQUEST) };
    let Ok(message) = serde_json::from_slice::<Value>(&body.to_bytes()) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    if message["id"].is_null() {
        return empty(StatusCode::ACCEPTED);
    }
    let (status, member, value) = match message["method"].as_str() {
        Some("initialize") => (StatusCode::OK, "result", initialized()),
        Some("tools/list") => (StatusCode::OK, "result", shared.list.clone()),
        Some("tools/call") => {
            shared.calls.fetch_add(1, Ordering::SeqCst);
            (StatusCode::OK, "result", call(&message["params"]).await)
        }
        _ => (StatusCode::NOT_FOUND, "error", json!({"code": -32601, "message": "no such method"})),
    };
    let answer = json!({"jsonrpc": "2.0", "id": message["id"], member: value}).to_string();
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Full::from(answer))
        .expect("a valid response")
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    Response::builder().status(status).body(Full::default()).expect("a valid response")
}

fn initialized() -> Value {
    json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "stopwatch", "version": "1"},
    })
}

fn own_tools() -> Vec<Value> {
    let tool = |name: &str, description: &str, argument: &str| {
        json!({
            "name": name,
            "description": description,
            "inputSchema": {"type": "object", "properties": {argument: {"type": "integer"}}, "required": [argument]},
        })
    };
    vec![
        tool("wait", "Answers after so many milliseconds", "ms"),
        tool("give", "Answers with so many bytes of text", "bytes"),
    ]
}

async fn call(params: &Value) -> Value {
    let arguments = &params["arguments"];
    let text = match (params["name"].as_str(), arguments["ms"].as_u64(), arguments["bytes"].as_u64()) {
        (Some("wait"), Some(ms), _) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            "done".to_owned()
        }
        (Some("give"), _, Some(bytes)) => "x".repeat(usize::try_from(bytes).expect("a size in memory")),
        _ => return json!({"content": [{"type": "text", "text": "no such tool"}], "isError": true}),
    };
    json!({"content": [{"type": "text", "text": text}]})
}
