//! An MCP server that keeps one table for all its clients: it has no sessions, numbers its events and its own requests
//! from zero, and takes any id from anybody.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::wire::{JSON, SSE, head, read_request_with, send};
use crate::era::Era;

/// How long a call lasts that nobody ends.
const CALL: Duration = Duration::from_millis(1_500);

/// A server inside the test process, of one era. Its tool `ask` asks its client for something, and answers with what
/// comes, or with `nobody` after a while; it tells of progress before that.
pub struct Shared {
    address: SocketAddr,
    table: Arc<Table>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Table {
    /// Calls under way, by their ids as they came.
    calls: Mutex<BTreeMap<String, UnboundedSender<End>>>,
    /// The same by the numbers of the requests to their clients.
    asked: Mutex<BTreeMap<String, UnboundedSender<End>>>,
    /// The events of all, in order.
    events: Mutex<Vec<String>>,
    /// Where progress of a token is told.
    listeners: Mutex<BTreeMap<String, UnboundedSender<End>>>,
}

/// What comes for a call.
enum End {
    Cancelled,
    Answered(Value),
    /// Progress of what the client was asked for.
    Progress(Value),
}

impl Shared {
    /// Starts one on a free port.
    pub async fn start(era: Era) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let table = Arc::<Table>::default();
        let shared = table.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, era, shared.clone()));
            }
        });
        Self { address, table, serving }
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many calls are under way.
    pub fn under_way(&self) -> usize {
        locked(&self.table.calls).len()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn locked<T>(table: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    table.lock().expect("no holder panics")
}

async fn serve(stream: TcpStream, era: Era, table: Arc<Table>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (reading, mut writing) = stream.into_split();
    let (headers, message) = read_request_with(&mut BufReader::new(reading)).await?;
    let params = &message["params"];
    match message["method"].as_str().unwrap_or_default() {
        "" if message.is_null() => {
            let after = headers.iter().find_map(|(name, value)| (name == "last-event-id").then_some(value));
            let Some(after) = after.and_then(|after| after.parse::<usize>().ok()) else {
                return send(&mut writing, "405 Method Not Allowed", &[], "").await;
            };
            let events: String = locked(&table.events).iter().skip(after).cloned().collect();
            send(&mut writing, "200 OK", &[SSE], &events).await
        }
        "" => {
            tell(&table.asked, &message["id"], || End::Answered(message["result"].clone()));
            send(&mut writing, "202 Accepted", &[], "").await
        }
        "notifications/cancelled" => {
            tell(&table.calls, &params["requestId"], || End::Cancelled);
            send(&mut writing, "202 Accepted", &[], "").await
        }
        "notifications/progress" => {
            tell(&table.listeners, &params["progressToken"], || End::Progress(params["message"].clone()));
            send(&mut writing, "202 Accepted", &[], "").await
        }
        "tools/call" => {
            let (end, ends) = unbounded_channel();
            locked(&table.calls).insert(message["id"].to_string(), end.clone());
            let called = call(&mut writing, era, &table, &message, end, ends).await;
            locked(&table.calls).remove(&message["id"].to_string());
            called
        }
        method => {
            let tools = json!({"tools": [{"name": "ask", "inputSchema": {"type": "object"}}]});
            let (status, member, value) = match (era.greeting(method, "shared"), method) {
                (Some(greeting), _) => greeting,
                (None, "tools/list") => (http::StatusCode::OK, "result", era.dress(tools)),
                _ if message["id"].is_null() => return send(&mut writing, "202 Accepted", &[], "").await,
                _ => (http::StatusCode::OK, "result", era.dress(json!({}))),
            };
            let answer = json!({"jsonrpc": "2.0", "id": message["id"], member: value}).to_string();
            send(&mut writing, &status.to_string(), &[JSON], &answer).await
        }
    }
}

/// Tells whoever has this id.
fn tell(table: &Mutex<BTreeMap<String, UnboundedSender<End>>>, id: &Value, end: impl FnOnce() -> End) {
    if let Some(sender) = locked(table).get(&id.to_string()) {
        // It may be over.
        let _ = sender.send(end());
    }
}

async fn call(
    writing: &mut tokio::net::tcp::OwnedWriteHalf,
    era: Era,
    table: &Table,
    message: &Value,
    end: UnboundedSender<End>,
    mut ends: UnboundedReceiver<End>,
) -> std::io::Result<()> {
    writing.write_all(head("200 OK", &[SSE], None).as_bytes()).await?;
    let mut write = async |message: Value| {
        let event = {
            let mut events = locked(&table.events);
            let event = format!("id: {}\ndata: {message}\n\n", events.len());
            events.push(event.clone());
            event
        };
        writing.write_all(event.as_bytes()).await
    };
    let token = &message["params"]["_meta"]["progressToken"];
    if !token.is_null() {
        let progress = json!({"progressToken": token, "progress": 1, "message": message["params"]["arguments"]["of"]});
        write(json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": progress})).await?;
    }
    if era == Era::Legacy {
        let number = {
            let mut asked = locked(&table.asked);
            let number = asked.len();
            asked.insert(number.to_string(), end.clone());
            locked(&table.listeners).insert(number.to_string(), end);
            number
        };
        let params = json!({"message": "?", "requestedSchema": {"type": "object", "properties": {}}, "_meta": {"progressToken": number}});
        write(json!({"jsonrpc": "2.0", "id": number, "method": "elicitation/create", "params": params})).await?;
    }
    let mut heard = Vec::new();
    let ended = loop {
        match timeout(CALL, ends.recv()).await {
            Ok(Some(End::Progress(said))) => heard.push(said),
            Ok(Some(End::Cancelled)) => break json!("cancelled"),
            Ok(Some(End::Answered(answer))) => break answer,
            Ok(None) | Err(_) => break json!("nobody"),
        }
    };
    let text = json!({"of": message["params"]["arguments"]["of"], "ended": ended, "heard": heard}).to_string();
    let result = era.dress(json!({"content": [{"type": "text", "text": text}]}));
    write(json!({"jsonrpc": "2.0", "id": message["id"], "result": result})).await
}
