//! An MCP server so lenient that whatever names a call of its tool `wipe`, in whatever spelling, runs it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::era::Era;

/// A server inside the test process, of one era, with the tools `read` and `wipe`.
pub struct Lenient {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    era: Era,
    has_sessions: bool,
    received: Mutex<Vec<Bytes>>,
    wiped: AtomicUsize,
}

impl Lenient {
    /// Starts one on a free port.
    pub async fn start(era: Era, has_sessions: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let shared = Arc::new(Shared { era, has_sessions, received: Mutex::default(), wiped: AtomicUsize::default() });
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

    /// The bodies that have reached it, in order of arrival.
    pub fn received(&self) -> Vec<Bytes> {
        self.shared.received.lock().expect("no holder panics").clone()
    }

    /// How often `wipe` ran.
    pub fn wiped(&self) -> usize {
        self.shared.wiped.load(SeqCst)
    }
}

impl Drop for Lenient {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        let service = service_fn(move |request| {
            let shared = shared.clone();
            async move { Ok::<_, Infallible>(respond(request, &shared).await) }
        });
        tokio::spawn(async move {
            // How a connection ends is the gateway's to say.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn respond(request: Request<Incoming>, shared: &Shared) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    if parts.method != Method::POST {
        return answer(StatusCode::METHOD_NOT_ALLOWED, None, &Value::Null);
    }
    shared.received.lock().expect("no holder panics").push(body.clone());
    if wants_to_wipe(&parts.headers, &body) {
        shared.wiped.fetch_add(1, SeqCst);
    }
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    if message["id"].is_null() {
        return answer(StatusCode::ACCEPTED, None, &Value::Null);
    }
    let method = message["method"].as_str().unwrap_or_default();
    let tool = |name: &str| json!({"name": name, "inputSchema": {"type": "object"}});
    let (status, member, value) = match (shared.era.greeting(method, "lenient"), method) {
        (Some(greeting), _) => greeting,
        (None, "tools/list") => {
            (StatusCode::OK, "result", shared.era.dress(json!({"tools": [tool("read"), tool("wipe")]})))
        }
        _ => (StatusCode::OK, "result", shared.era.dress(json!({"content": []}))),
    };
    let session = Some("s").filter(|_| shared.has_sessions && method == "initialize");
    answer(status, session, &json!({"jsonrpc": "2.0", "id": message["id"], member: value}))
}

fn answer(status: StatusCode, session: Option<&str>, body: &Value) -> Response<Full<Bytes>> {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    if let Some(session) = session {
        response = response.header("mcp-session-id", session);
    }
    response.body(Full::from(text)).expect("a valid response")
}

/// Whether a request could be read as a call of `wipe`: in any characters, any case, with anything between.
fn wants_to_wipe(headers: &HeaderMap, body: &[u8]) -> bool {
    let headers: String = headers.iter().filter_map(|(_, value)| value.to_str().ok()).collect::<Vec<_>>().join(" ");
    let wide = |read: fn([u8; 2]) -> u16| -> String {
        let units = body.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        char::decode_utf16(units).map(|sign| sign.unwrap_or(' ')).collect()
    };
    let readings = [String::from_utf8_lossy(body).into_owned(), wide(u16::from_le_bytes), wide(u16::from_be_bytes)];
    readings.iter().any(|reading| {
        let text = letters(&format!("{headers} {reading}"));
        let names = ["wipe", "d2lwzq", "indpcgui"].iter().any(|name| text.contains(name));
        names && ["toolscall", "dg9vbhmvy2fsb"].iter().any(|method| text.contains(method))
    })
}

/// The letters and digits of a text, with its escapes undone, in lower case and in ASCII.
fn letters(text: &str) -> String {
    let unescaped = unescaped(text).replace("%2F", "/");
    let narrow = |sign: char| match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        'ſ' => 's',
        other => other,
    };
    let signs = unescaped.chars().map(narrow).filter(char::is_ascii_alphanumeric);
    signs.map(|sign| sign.to_ascii_lowercase()).collect()
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut unescaped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let sign = part.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        match sign {
            Some(sign) => {
                unescaped.push(sign);
                unescaped.push_str(&part[4..]);
            }
            None => unescaped.push_str(part),
        }
    }
    unescaped
}
