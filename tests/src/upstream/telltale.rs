//! An MCP server that repeats what it was shown, wherever it has a place to say something.

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

use crate::era::Era;

/// A server of 2025-11-25, inside the test process. The path of its URL says where it repeats the headers and the URL
/// of a request.
pub struct Telltale {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

/// Where it repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the results of tools: text, structured content, names of members, `_meta`.
    Results,
    /// In results with `isError`.
    ToolErrors,
    /// In JSON-RPC errors, their data too.
    RpcErrors,
    /// In its list of tools.
    Lists,
    /// In its name and its instructions.
    Introductions,
    /// In the body of HTTP errors, to anything.
    HttpErrors,
    /// In JSON-RPC errors to `initialize`.
    Handshake,
    /// In the URL of a redirect.
    Redirects,
    /// In what is no JSON.
    Garbage,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Results,
        Self::ToolErrors,
        Self::RpcErrors,
        Self::Lists,
        Self::Introductions,
        Self::HttpErrors,
        Self::Handshake,
        Self::Redirects,
        Self::Garbage,
    ];

    /// A name for URLs and aliases.
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

impl Telltale {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let serving = tokio::spawn(serve(listener, heard.clone()));
        Self { address, heard, serving }
    }

    /// Its endpoint that repeats at a place.
    pub fn url(&self, place: Place) -> String {
        format!("http://{}/{}", self.address, place.name())
    }

    /// All that it was shown.
    pub fn heard(&self) -> String {
        self.heard.lock().expect("no holder panics").join("\n")
    }
}

impl Drop for Telltale {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, heard: Arc<Mutex<Vec<String>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let heard = heard.clone();
        let service = service_fn(move |request| {
            let heard = heard.clone();
            async move { Ok::<_, Infallible>(respond(request, &heard).await) }
        });
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(request: Request<Incoming>, heard: &Mutex<Vec<String>>) -> Response<Full<Bytes>> {
    let place = Place::ALL.into_iter().find(|place| request.uri().path() == format!("/{}", place.name()));
    let place = place.unwrap_or(Place::HttpErrors);
    let shown: String = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}; ", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let shown = format!("{} {shown}", request.uri());
    heard.lock().expect("no holder panics").push(shown.clone());
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = Response::builder();
    match place {
        Place::HttpErrors => return answer.status(403).body(Full::from(shown)).expect("a response"),
        Place::Redirects => {
            let target: String = shown.chars().filter(|char| char.is_ascii_graphic()).collect();
            return answer.status(307).header("location", target).body(Full::default()).expect("a response");
        }
        Place::Garbage if message["method"] != "initialize" => {
            let answer = answer.header("content-type", "application/json");
            return answer.body(Full::from(format!("{{\"not json: {shown}"))).expect("a response");
        }
        _ if message["id"].is_null() => return answer.status(202).body(Full::default()).expect("a response"),
        _ => {}
    }
    let (status, member, value) = reply(place, &message, &shown);
    let body = json!({"jsonrpc": "2.0", "id": message["id"], member: value}).to_string();
    answer.status(status).header("content-type", "application/json").body(Full::from(body)).expect("a response")
}

fn reply(place: Place, message: &Value, shown: &str) -> (StatusCode, &'static str, Value) {
    let error = json!({"code": -32_050, "message": shown, "data": {"shown": shown, shown: [shown]}});
    let method = message["method"].as_str().unwrap_or_default();
    let said = |when: Place, text: &'static str| if place == when { shown } else { text };
    match method {
        "initialize" if place == Place::Handshake => (StatusCode::OK, "error", error),
        "tools/call" if place == Place::RpcErrors => (StatusCode::OK, "error", error),
        "tools/list" => {
            let tool = json!({"name": "tell", "title": said(Place::Lists, "Tell"),
                "description": said(Place::Lists, "Tells."), "inputSchema": {"type": "object", "properties":
                    {"what": {"type": "string", "description": said(Place::Lists, "Anything.")}}},
                "_meta": {"shown": said(Place::Lists, "")}});
            (StatusCode::OK, "result", json!({"tools": [tool]}))
        }
        "tools/call" => {
            let content = json!([{"type": "text", "text": shown}]);
            let result = json!({"content": content, "structuredContent": {"shown": [shown], shown: 1},
                "isError": place == Place::ToolErrors, "_meta": {"shown": shown}});
            (StatusCode::OK, "result", result)
        }
        _ => {
            let (status, member, mut value) = Era::Legacy.greeting(method, "telltale").unwrap_or_else(|| {
                (StatusCode::NOT_FOUND, "error", json!({"code": -32_601, "message": said(Place::RpcErrors, "no")}))
            });
            if place == Place::Introductions && method == "initialize" {
                value["instructions"] = json!(shown);
                value["serverInfo"]["title"] = json!(shown);
            }
            (status, member, value)
        }
    }
}
