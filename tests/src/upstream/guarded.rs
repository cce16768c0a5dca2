//! An MCP server that lets in who has an access token for it.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::AuthorizationServer;
use crate::era::Era;

/// A server of 2025-11-25 with the tool `who`. It names its authorization server (RFC 9728), and asks that about every
/// token: it must be active, and for this server (RFC 8707).
pub struct Guarded {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    address: SocketAddr,
    authorization: SocketAddr,
    seen: Mutex<BTreeSet<String>>,
    refused: Mutex<BTreeSet<String>>,
}

impl Guarded {
    /// Starts it on a free port.
    pub async fn start(authorization: &AuthorizationServer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let authorization = authorization.address();
        let shared = Arc::new(Shared { address, authorization, seen: Mutex::default(), refused: Mutex::default() });
        let serving = tokio::spawn(serve(listener, shared.clone()));
        Self { address, shared, serving }
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        self.shared.resource()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The tokens that let somebody in.
    pub fn tokens(&self) -> BTreeSet<String> {
        self.shared.seen.lock().expect("no holder panics").clone()
    }

    /// Refuses, from now on, the tokens that it has seen.
    pub fn refuse_known_tokens(&self) {
        *self.shared.refused.lock().expect("no holder panics") = self.tokens();
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Shared {
    fn resource(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    async fn lets_in(&self, token: &str) -> bool {
        if self.refused.lock().expect("no holder panics").contains(token) {
            return false;
        }
        let said = AuthorizationServer::introspect(self.authorization, token).await;
        let is_good = said["active"] == true && said["aud"] == json!(self.resource());
        if is_good {
            self.seen.lock().expect("no holder panics").insert(token.to_owned());
        }
        is_good
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        let service = service_fn(move |request| {
            let shared = shared.clone();
            async move { Ok::<_, Infallible>(respond(request, &shared).await) }
        });
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(request: Request<Incoming>, shared: &Shared) -> Response<Full<Bytes>> {
    if request.uri().path() == "/.well-known/oauth-protected-resource/mcp" {
        let issuer = format!("http://{}", shared.authorization);
        return answer(StatusCode::OK, json!({"resource": shared.resource(), "authorization_servers": [issuer]}));
    }
    if request.method() != Method::POST {
        return answer(StatusCode::METHOD_NOT_ALLOWED, Value::Null);
    }
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default().to_owned();
    // Read before it is refused, so that the connection stays.
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    if !shared.lets_in(&token).await {
        let mut refused = answer(StatusCode::UNAUTHORIZED, Value::Null);
        let metadata = format!("http://{}/.well-known/oauth-protected-resource/mcp", shared.address);
        let challenge = format!("Bearer error=\"invalid_token\", resource_metadata=\"{metadata}\"");
        refused.headers_mut().insert("www-authenticate", challenge.parse().expect("a header value"));
        return refused;
    }
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    if message["id"].is_null() {
        return answer(StatusCode::ACCEPTED, Value::Null);
    }
    let method = message["method"].as_str().unwrap_or_default();
    let (status, member, value) = Era::Legacy.greeting(method, "guarded").unwrap_or_else(|| match method {
        "tools/list" => {
            (StatusCode::OK, "result", json!({"tools": [{"name": "who", "inputSchema": {"type": "object"}}]}))
        }
        _ => (StatusCode::OK, "result", json!({"content": [{"type": "text", "text": "guarded"}]})),
    });
    answer(status, json!({"jsonrpc": "2.0", "id": message["id"], member: value}))
}

/// In JSON; null is an empty body.
fn answer(status: StatusCode, body: Value) -> Response<Full<Bytes>> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Full::from(body)).expect("a valid response")
}
