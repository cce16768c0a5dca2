//! An MCP server that repeats its credential in the spelling and at the place that its URL names.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::encoding::base64_meaning;
use crate::era::Era;
use crate::spelling::Spelling;

/// Stands for the credential in a message, until it is written.
const HERE: &str = "@@";

/// Bytes of a chunk in which events come.
const CHUNK_BYTES: usize = 7;

/// A server of 2025-11-25, inside the test process, of the URL `/PLACE/SPELLING`.
pub struct Echoing {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

/// Where it repeats the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// In whatever succeeds: lists, results, resources, prompts, completions, its introduction.
    Successes,
    /// In results with `isError`.
    ToolErrors,
    /// In JSON-RPC errors, and their data.
    RpcErrors,
    /// In the body of HTTP errors.
    HttpErrors,
    /// The same, and it breaks off within the credential.
    BrokenErrors,
    /// In what is no JSON.
    Garbage,
    /// In a web page.
    Pages,
    /// In the URL of a redirect.
    Redirects,
    /// In the JSON-RPC error to `initialize`.
    Handshake,
    /// In the version that it offers.
    Version,
    /// In the headers of an error.
    ErrorHeaders,
    /// In the headers of a success.
    Headers,
    /// In a stream: comments, ids and names of events, progress, logs, requests of its own, the response.
    Streams,
    /// Where it is asked for a token: in the error of OAuth.
    Tokens,
}

impl Echo {
    /// All places of an MCP server.
    pub const OF_SERVERS: [Self; 13] = [
        Self::Successes,
        Self::ToolErrors,
        Self::RpcErrors,
        Self::HttpErrors,
        Self::BrokenErrors,
        Self::Garbage,
        Self::Pages,
        Self::Redirects,
        Self::Handshake,
        Self::Version,
        Self::ErrorHeaders,
        Self::Headers,
        Self::Streams,
    ];

    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

impl Echoing {
    /// Its tools: one whose result has structured content, one that answers with a text, one with a text of JSON.
    pub const TOOLS: [&'static str; 3] = ["structured", "text", "json"];

    /// Starts it on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Who leaves has seen enough.
                tokio::spawn(async move { drop(answer(stream).await) });
            }
        });
        Self { address, serving }
    }

    /// Its endpoint that repeats at a place in a spelling.
    pub fn url(&self, echo: Echo, spelling: Spelling) -> String {
        format!("http://{}/{}/{}", self.address, echo.name(), spelling.name)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Echoing {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A request, as far as it matters.
struct Asked {
    echo: Echo,
    spelling: Spelling,
    credential: String,
    message: Value,
}

async fn answer(stream: TcpStream) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let Some(asked) = read(&mut BufReader::new(reading)).await? else {
        return writing.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    };
    let Response { status, headers, body, length } = respond(&asked);
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = length.unwrap_or(body.len());
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
    writing.write_all(head.as_bytes()).await?;
    if asked.echo != Echo::Streams {
        return writing.write_all(body.as_bytes()).await;
    }
    for chunk in body.as_bytes().chunks(CHUNK_BYTES) {
        writing.write_all(chunk).await?;
        writing.flush().await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn read(reading: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Option<Asked>> {
    let mut line = String::new();
    reading.read_line(&mut line).await?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let (mut length, mut credential) = (0, String::new());
    loop {
        let mut line = String::new();
        if reading.read_line(&mut line).await? == 0 || line == "\r\n" {
            break;
        }
        let (name, value) = line.trim_end().split_once(": ").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap_or_default(),
            "authorization" => credential = credential_of(value),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reading.read_exact(&mut body).await?;
    let (echo, spelling) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
    let echo = Echo::OF_SERVERS.into_iter().chain([Echo::Tokens]).find(|known| known.name() == echo);
    let (Some(echo), Some(spelling)) = (echo, Spelling::named(spelling)) else { return Ok(None) };
    let message = serde_json::from_slice(&body).unwrap_or_default();
    Ok(Some(Asked { echo, spelling, credential, message }))
}

/// What stands behind `Bearer`, or the password of `Basic` as OAuth has it.
fn credential_of(header: &str) -> String {
    match header.split_once(' ').unwrap_or_default() {
        ("Basic", pair) => {
            let pair = String::from_utf8(base64_meaning(pair.as_bytes())).unwrap_or_default();
            let (_, password) = pair.split_once(':').unwrap_or_default();
            let mut parts = password.split('%');
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |text, part| {
                let (digits, rest) = part.split_at(2);
                format!("{text}{}{rest}", char::from(u8::from_str_radix(digits, 16).unwrap_or_default()))
            })
        }
        (_, credential) => credential.to_owned(),
    }
}

struct Response {
    status: &'static str,
    headers: Vec<String>,
    body: String,
    /// What it says to be the length of the body.
    length: Option<usize>,
}

impl Response {
    fn new(status: &'static str, headers: &[&str], body: String) -> Self {
        Self { status, headers: headers.iter().map(ToString::to_string).collect(), body, length: None }
    }
}

fn respond(asked: &Asked) -> Response {
    const JSON: &str = "content-type: application/json";
    let written = asked.spelling.write(&asked.credential);
    let line = written.replace(['\r', '\n'], "");
    let id = &asked.message["id"];
    let method = asked.message["method"].as_str().unwrap_or_default();
    let error = json!({"code": -32_050, "message": "no: @@", "data": {"shown": ["@@"], "@@": 1}});
    let failed = |error: &Value| asked.filled(&json!({"jsonrpc": "2.0", "id": id, "error": error}));
    let is_greeting = matches!(method, "initialize" | "server/discover");
    match asked.echo {
        Echo::Tokens => {
            let error = json!({"error": "invalid_client", "error_description": "no: @@", "error_uri": "@@"});
            Response::new("401 Unauthorized", &[JSON], asked.filled(&error))
        }
        Echo::HttpErrors => Response::new("500 Internal Server Error", &["content-type: text/plain"], written),
        Echo::BrokenErrors => {
            let begun: String = format!("no: {written}").chars().take(4 + written.chars().count() - 1).collect();
            let length = Some(begun.len() + 100);
            Response { length, ..Response::new("500 Internal Server Error", &["content-type: text/plain"], begun) }
        }
        Echo::Garbage if method != "initialize" => Response::new("200 OK", &[JSON], format!("{{\"not json: {written}")),
        Echo::Pages => Response::new("200 OK", &["content-type: text/html"], format!("<p>{written}</p>")),
        Echo::Redirects => {
            let target: String = line.chars().filter(char::is_ascii_graphic).collect();
            Response::new("307 Temporary Redirect", &[&format!("location: /{target}")], String::new())
        }
        _ if id.is_null() => Response::new("202 Accepted", &[], String::new()),
        Echo::Handshake if is_greeting => Response::new("200 OK", &[JSON], failed(&error)),
        Echo::Version if method == "initialize" => {
            let result =
                json!({"protocolVersion": "@@", "capabilities": {}, "serverInfo": {"name": "@@", "version": "@@"}});
            Response::new("200 OK", &[JSON], asked.filled(&json!({"jsonrpc": "2.0", "id": id, "result": result})))
        }
        Echo::ErrorHeaders if !is_greeting => {
            let headers = ["retry-after", "cache-control", "allow", "x-accel-buffering", "mcp-protocol-version"];
            let headers: Vec<String> = headers.iter().map(|name| format!("{name}: {line}")).collect();
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            Response::new("503 Service Unavailable", &[&headers[..], &[JSON]].concat(), "{}".to_owned())
        }
        Echo::RpcErrors if !is_greeting => Response::new("200 OK", &[JSON], failed(&error)),
        Echo::Streams if method == "tools/call" => {
            let events = events(asked, &line);
            Response::new("200 OK", &["content-type: text/event-stream"], events)
        }
        _ => {
            let message = asked.filled(&message(
                asked.echo,
                method,
                asked.message["params"]["name"].as_str().unwrap_or_default(),
                id,
            ));
            let json = match asked.echo {
                Echo::Headers => format!("{JSON}; note={line}"),
                _ => JSON.to_owned(),
            };
            let cache = format!("cache-control: {line}");
            let headers: &[&str] = if asked.echo == Echo::Headers { &[&json, &cache] } else { &[&json] };
            Response::new("200 OK", headers, message)
        }
    }
}

impl Asked {
    /// A message as JSON text, in which the credential is written.
    fn filled(&self, message: &Value) -> String {
        message.to_string().replace(HERE, &self.spelling.in_json(&self.credential))
    }
}

/// A stream that answers a call.
fn events(asked: &Asked, line: &str) -> String {
    let id = &asked.message["id"];
    let token = &asked.message["params"]["_meta"]["progressToken"];
    let token = if token.is_null() { json!("none") } else { token.clone() };
    let told = |method: &str, params: Value| json!({"jsonrpc": "2.0", "method": method, "params": params});
    let mut elicitation = told("elicitation/create", json!({"message": "@@", "requestedSchema": {"type": "object"}}));
    elicitation["id"] = json!("@@");
    let messages = [
        told("notifications/progress", json!({"progressToken": token, "progress": 1, "message": "@@"})),
        told("notifications/message", json!({"level": "info", "logger": "@@", "data": {"@@": "@@"}})),
        told("notifications/resources/updated", json!({"uri": "x:@@"})),
        elicitation,
        message(Echo::Successes, "tools/call", "structured", id),
    ];
    let event = |message: &Value| format!("id: {line}\nevent: message\ndata: {}\n\n", asked.filled(message));
    let messages: String = messages.iter().map(event).collect();
    format!(": {line}\n\nevent: {line}\ndata: {line}\n\n{messages}")
}

fn message(echo: Echo, method: &str, tool: &str, id: &Value) -> Value {
    let shown = |text: &'static str| if matches!(echo, Echo::Successes) { HERE } else { text };
    let (member, value) = match method {
        "initialize" => {
            let capabilities = json!({"tools": {}, "resources": {}, "prompts": {}, "completions": {}, "logging": {}});
            let info = json!({"name": "echoing", "title": shown("Echoing"), "version": "1"});
            let result = json!({"protocolVersion": Era::Legacy.version(), "capabilities": capabilities,
                "serverInfo": info, "instructions": shown("Call it.")});
            ("result", result)
        }
        "tools/list" => ("result", json!({"tools": tools(&shown)})),
        "tools/call" => ("result", call_result(echo, tool)),
        "resources/list" => ("result", json!({"resources": [{"uri": "x:@@", "name": "@@", "description": "@@"}]})),
        "resources/read" => (
            "result",
            json!({"contents": [{"uri": "x:@@", "text": "@@"}, {"uri": "x:y", "blob": "@@", "_meta": {"@@": "@@"}}]}),
        ),
        "prompts/get" => {
            let messages = json!([{"role": "user", "content": {"type": "text", "text": "@@"}}]);
            ("result", json!({"description": "@@", "messages": messages}))
        }
        "completion/complete" => ("result", json!({"completion": {"values": ["@@"]}})),
        _ => ("error", json!({"code": -32_601, "message": "no such method"})),
    };
    json!({"jsonrpc": "2.0", "id": id, member: value})
}

fn tools(shown: &impl Fn(&'static str) -> &'static str) -> Value {
    let mut tools: Vec<Value> = Echoing::TOOLS
        .iter()
        .map(|name| {
            let mut schema = json!({"type": "object", "properties": {"what": {"description": shown("Anything.")}}});
            schema["properties"][shown("other")] = json!({"type": "string", "default": shown("x")});
            json!({"name": name, "title": shown("Tell"), "description": shown("Tells."), "inputSchema": schema,
                "annotations": {"title": shown("Tell")}})
        })
        .collect();
    // Its name is none that can be called.
    tools.push(json!({"name": shown("named"), "inputSchema": {"type": "object"}}));
    tools.push(json!({"name": shown("malformed"), "inputSchema": shown("none")}));
    json!(tools)
}

fn call_result(echo: Echo, tool: &str) -> Value {
    let block = |text: &str| json!([{"type": "text", "text": text}]);
    match (echo, tool) {
        (Echo::ToolErrors, _) => {
            json!({"content": block("no: @@"), "isError": true, "structuredContent": {"shown": ["@@"], "@@": 1}})
        }
        (_, "text") => json!({"content": block("You sent @@!")}),
        (_, "json") => json!({"content": block("{\"key\": [\"@@\"], \"@@\": 1}")}),
        _ => json!({"content": block("@@"), "structuredContent": {"shown": ["@@"], "@@": 1}, "_meta": {"@@": "@@"}}),
    }
}
