//! An MCP server that answers calls with events, each when the test says so.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::wire::{JSON, SSE, head, read_request, send, until_closed};
use crate::era::Era;

/// A server inside the test process, of one era and without sessions.
pub struct Stepwise {
    address: SocketAddr,
    calls: UnboundedReceiver<Telling>,
    serving: JoinHandle<()>,
}

/// A call whose answer is under way.
pub struct Telling {
    /// The request.
    pub request: Value,
    era: Era,
    reading: BufReader<OwnedReadHalf>,
    writing: OwnedWriteHalf,
}

impl Stepwise {
    /// Starts it on a free port.
    pub async fn start(era: Era) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let (call, calls) = unbounded_channel();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that goes away is what tests look for in the calls.
                tokio::spawn(serve(stream, era, call.clone()));
            }
        });
        Self { address, calls, serving }
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// The next call, once its answer has begun.
    ///
    /// # Panics
    /// When the server has ended.
    pub async fn next_call(&mut self) -> Telling {
        self.calls.recv().await.expect("the server is there")
    }
}

impl Drop for Stepwise {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Telling {
    /// Sends an event with a JSON-RPC message.
    ///
    /// # Panics
    /// When the client is gone.
    pub async fn tell(&mut self, message: &Value) {
        self.writing.write_all(format!("data: {message}\n\n").as_bytes()).await.expect("the client is there");
    }

    /// Sends the response, with one text, and ends the answer.
    ///
    /// # Panics
    /// When the client is gone.
    pub async fn end(mut self, text: &str) {
        let result = self.era.dress(json!({"content": [{"type": "text", "text": text}]}));
        self.tell(&json!({"jsonrpc": "2.0", "id": self.request["id"], "result": result})).await;
    }

    /// Waits until the client has closed the connection.
    pub async fn until_left(mut self) {
        // However it was closed.
        let _ = until_closed(&mut self.reading).await;
    }
}

async fn serve(stream: TcpStream, era: Era, call: UnboundedSender<Telling>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    let request = read_request(&mut reading).await?;
    let method = request["method"].as_str().unwrap_or_default();
    if let Some((status, member, value)) = era.greeting(method, "stepwise") {
        let answer = json!({"jsonrpc": "2.0", "id": request["id"], member: value}).to_string();
        return send(&mut writing, &status.to_string(), &[JSON], &answer).await;
    }
    if method != "tools/call" {
        return send(&mut writing, "202 Accepted", &[], "").await;
    }
    writing.write_all(head("200 OK", &[SSE], None).as_bytes()).await?;
    // A test that does not look lets the connection go.
    let _ = call.send(Telling { request, era, reading, writing });
    Ok(())
}
