//! An MCP server whose tools are what a test says, and answer what it says.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::era::Era;

/// A server inside the test process, of one era and without sessions, that answers in JSON.
pub struct Canned {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

/// A tool of a [`Canned`] server.
pub struct CannedTool {
    /// The MCP `Tool`, sound or not.
    pub definition: Value,
    /// What a call of it gets.
    pub reply: Reply,
}

/// What a call gets.
pub enum Reply {
    /// This `CallToolResult`.
    Result(Value),
    /// This JSON-RPC error.
    Error(Value),
    /// The arguments that came, as `structuredContent`.
    Arguments,
    /// The text `done`, after as many milliseconds as the argument `ms` says.
    AfterMs,
}

impl CannedTool {
    /// A tool that takes any object.
    pub fn new(name: &str, reply: Reply) -> Self {
        Self { definition: json!({"name": name, "inputSchema": {"type": "object"}}), reply }
    }

    /// A tool that answers with one text block.
    pub fn text(name: &str, text: &str) -> Self {
        Self::new(name, Reply::Result(json!({"content": [{"type": "text", "text": text}]})))
    }

    /// The tool `wait`: answers `done` after `{"ms": 10}`.
    pub fn wait() -> Self {
        let schema = json!({"type": "object", "properties": {"ms": {"type": "integer"}}, "required": ["ms"]});
        Self::new("wait", Reply::AfterMs).with("inputSchema", schema)
    }

    /// The same with another member in its definition.
    #[must_use]
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.definition[member] = value;
        self
    }
}

/// What it offers, and what has reached it.
struct Shared {
    era: Era,
    tools: Mutex<Arc<Vec<CannedTool>>>,
    list_ms: AtomicU64,
    received: Mutex<Vec<Received>>,
    calls: Mutex<Vec<(String, Value)>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    abandoned: AtomicUsize,
}

impl Shared {
    fn offered(&self) -> Arc<Vec<CannedTool>> {
        self.tools.lock().expect("no holder panics").clone()
    }
}

/// A message as it came.
pub struct Received {
    /// The headers of its request.
    pub headers: HeaderMap,
    /// The JSON-RPC message.
    pub message: Value,
}

impl Canned {
    /// Starts one of 2025-11-25 on a free port.
    pub async fn start(tools: impl IntoIterator<Item = CannedTool>) -> Self {
        Self::start_of(Era::Legacy, tools).await
    }

    /// Starts one of this era, and no other, on a free port.
    pub async fn start_of(era: Era, tools: impl IntoIterator<Item = CannedTool>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let shared = Arc::new(Shared {
            era,
            tools: Mutex::new(Arc::new(tools.into_iter().collect())),
            list_ms: AtomicU64::default(),
            received: Mutex::default(),
            calls: Mutex::default(),
            under_way: AtomicUsize::default(),
            most_under_way: AtomicUsize::default(),
            abandoned: AtomicUsize::default(),
        });
        let serving = tokio::spawn(serve(listener, shared.clone()));
        Self { address, shared, serving }
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Offers these tools from now on, and tells nobody.
    pub fn offer(&self, tools: impl IntoIterator<Item = CannedTool>) {
        *self.shared.tools.lock().expect("no holder panics") = Arc::new(tools.into_iter().collect());
    }

    /// Lists its tools after this time from now on.
    pub fn list_after(&self, time: Duration) {
        self.shared.list_ms.store(time.as_millis().try_into().expect("a short time"), SeqCst);
    }

    /// The tool calls that have reached it since this was asked last: names and arguments, in order of arrival.
    pub fn take_calls(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.shared.calls.lock().expect("no holder panics"))
    }

    /// The messages that have reached it since this was asked last, in order of arrival.
    pub fn take_received(&self) -> Vec<Received> {
        std::mem::take(&mut self.shared.received.lock().expect("no holder panics"))
    }

    /// How many calls were under way at the same time at the most.
    pub fn most_under_way(&self) -> usize {
        self.shared.most_under_way.load(SeqCst)
    }

    /// How many calls are under way now.
    pub fn under_way(&self) -> usize {
        self.shared.under_way.load(SeqCst)
    }

    /// How many calls lost their connection before they were answered.
    pub fn abandoned(&self) -> usize {
        self.shared.abandoned.load(SeqCst)
    }

    /// Waits until something is so.
    ///
    /// # Panics
    /// When it is not so within five seconds.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !is_so(self) {
            assert!(started.elapsed() < Duration::from_secs(5), "within five seconds: {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Canned {
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
    // A client that goes away is what `UnderWay` counts.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(request: Request<Incoming>, shared: &Shared) -> Response<Full<Bytes>> {
    if request.method() != Method::POST {
        return empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return empty(StatusCode::BAD_REQUEST) };
    let Ok(message) = serde_json::from_slice::<Value>(&body.to_bytes()) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let received = Received { headers: parts.headers, message: message.clone() };
    shared.received.lock().expect("no holder panics").push(received);
    if message["id"].is_null() {
        return empty(StatusCode::ACCEPTED);
    }
    let method = message["method"].as_str().unwrap_or_default();
    let (status, member, value) = match (shared.era.greeting(method, "canned"), method) {
        (Some(greeting), _) => greeting,
        (None, "tools/list") => {
            tokio::time::sleep(Duration::from_millis(shared.list_ms.load(SeqCst))).await;
            let offered = shared.offered();
            let tools: Vec<&Value> = offered.iter().map(|tool| &tool.definition).collect();
            (StatusCode::OK, "result", shared.era.dress(json!({ "tools": tools })))
        }
        (None, "tools/call") => {
            let (member, value) = call(&message["params"], shared).await;
            (StatusCode::OK, member, if member == "result" { shared.era.dress(value) } else { value })
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

/// The member of the JSON-RPC response and its value.
async fn call(params: &Value, shared: &Shared) -> (&'static str, Value) {
    let under_way = UnderWay::begin(shared);
    let (name, arguments) = (params["name"].as_str().unwrap_or_default(), params["arguments"].clone());
    shared.calls.lock().expect("no holder panics").push((name.to_owned(), arguments.clone()));
    let offered = shared.offered();
    let tool = offered.iter().find(|tool| tool.definition["name"] == name);
    let answer = match tool.map(|tool| &tool.reply) {
        None => ("error", json!({"code": -32602, "message": format!("Unknown tool: {name}")})),
        Some(Reply::Result(result)) => ("result", result.clone()),
        Some(Reply::Error(error)) => ("error", error.clone()),
        Some(Reply::Arguments) => ("result", json!({"content": [], "structuredContent": arguments})),
        Some(Reply::AfterMs) => {
            tokio::time::sleep(Duration::from_millis(arguments["ms"].as_u64().unwrap_or_default())).await;
            ("result", json!({"content": [{"type": "text", "text": "done"}]}))
        }
    };
    under_way.end();
    answer
}

/// Counts a call, and whether it came to its end: hyper drops what answers a client that is gone.
struct UnderWay<'a> {
    shared: &'a Shared,
    is_answered: bool,
}

impl<'a> UnderWay<'a> {
    fn begin(shared: &'a Shared) -> Self {
        let now = shared.under_way.fetch_add(1, SeqCst) + 1;
        shared.most_under_way.fetch_max(now, SeqCst);
        Self { shared, is_answered: false }
    }

    fn end(mut self) {
        self.is_answered = true;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.shared.under_way.fetch_sub(1, SeqCst);
        if !self.is_answered {
            self.shared.abandoned.fetch_add(1, SeqCst);
        }
    }
}
