//! An MCP server that misbehaves in one way, on one method, and is in order otherwise.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::wire::{JSON, SSE, head, read_request, send, send_to_end, until_closed};
use crate::era::Era;

/// How a [`Faulty`] server misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Takes the request and says nothing.
    HangsBeforeHeaders,
    /// Sends the head of an answer and nothing after it.
    HangsAfterHeaders,
    /// Sends one byte of the answer a second.
    Drips,
    /// Closes the connection in the middle of a body of known length.
    ClosesMidBody,
    /// Ends a stream of events in the middle of an event.
    ClosesMidSse,
    /// Ends a whole body in the middle of its JSON.
    ClosesMidJson,
    /// 500 with a text.
    InternalError,
    /// 429 with `Retry-After: 7`.
    TooManyRequests,
    /// 100 MB.
    Huge,
    /// A body compressed with gzip.
    Gzip,
    /// A page in HTML.
    Html,
    /// A response to another request.
    WrongId,
    /// Two responses to the one request.
    TwoAnswers,
    /// A redirect to the address of cloud metadata.
    RedirectsInward,
    /// A list with another page after each page.
    EndlessList,
    /// A list with a tool that has no `inputSchema`.
    MalformedTool,
    /// Events with 100,000 requests of its own, and no response.
    AsksWithoutEnd,
    /// Events with 100,000 notifications that its tools are others, and then the response.
    TellsWithoutEnd,
}

/// A server inside the test process, of one era and without sessions. Its one sound tool is `act`. An answer that is
/// in order closes its connection, so that only a fault can leave one open.
pub struct Faulty {
    address: SocketAddr,
    open: Arc<AtomicUsize>,
    most_open: Arc<AtomicUsize>,
    received: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Faulty {
    /// Starts it on a free port; the fault shows when `method` is asked for.
    pub async fn start(era: Era, fault: Fault, method: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let [open, most_open, received] = std::array::from_fn(|_| Arc::new(AtomicUsize::new(0)));
        let (counted, most, all) = (open.clone(), most_open.clone(), received.clone());
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let open = Open::count(&counted);
                most.fetch_max(counted.load(SeqCst), SeqCst);
                all.fetch_add(1, SeqCst);
                tokio::spawn(async move {
                    // That the client is gone is what the tests count.
                    let _ = serve(stream, era, fault, method).await;
                    drop(open);
                });
            }
        });
        Self { address, open, most_open, received, serving }
    }

    /// Its MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// How many requests have reached it.
    pub fn received(&self) -> usize {
        self.received.load(SeqCst)
    }

    /// How many connections were open at the same time at the most.
    pub fn most_open(&self) -> usize {
        self.most_open.load(SeqCst)
    }

    /// Waits until its client has closed every connection.
    ///
    /// # Panics
    /// When some are open after five seconds.
    pub async fn until_all_are_closed(&self) {
        let started = Instant::now();
        while self.open.load(SeqCst) > 0 {
            assert!(
                started.elapsed() < Duration::from_secs(5),
                "{} connections are still open",
                self.open.load(SeqCst)
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Counts a connection until it is dropped.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn count(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, SeqCst);
        Self(open.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

async fn serve(stream: TcpStream, era: Era, fault: Fault, faulty_method: &str) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    let request = read_request(&mut reading).await?;
    let method = request["method"].as_str().unwrap_or_default();
    if method == faulty_method {
        return misbehave(era, fault, &request, &mut reading, &mut writing).await;
    }
    if let Some((status, member, value)) = era.greeting(method, "faulty") {
        let answer = json!({"jsonrpc": "2.0", "id": request["id"], member: value}).to_string();
        return send(&mut writing, &status.to_string(), &[JSON], &answer).await;
    }
    let answer = match method {
        "tools/list" => result(era, &request, json!({"tools": [tool()]})),
        "tools/call" => result(era, &request, done()),
        _ => return send(&mut writing, "202 Accepted", &[], "").await,
    };
    send(&mut writing, "200 OK", &[JSON], &answer).await
}

async fn misbehave(
    era: Era,
    fault: Fault,
    request: &Value,
    reading: &mut BufReader<OwnedReadHalf>,
    writing: &mut OwnedWriteHalf,
) -> std::io::Result<()> {
    let answer = result(era, request, done());
    match fault {
        Fault::HangsBeforeHeaders => until_closed(reading).await,
        Fault::HangsAfterHeaders => {
            writing.write_all(head("200 OK", &[JSON], Some(answer.len())).as_bytes()).await?;
            until_closed(reading).await
        }
        Fault::Drips => {
            writing.write_all(head("200 OK", &[JSON], Some(answer.len())).as_bytes()).await?;
            tokio::select! {
                dripped = drip(writing, answer.as_bytes()) => dripped,
                closed = until_closed(reading) => closed,
            }
        }
        Fault::ClosesMidBody => {
            writing.write_all(head("200 OK", &[JSON], Some(answer.len())).as_bytes()).await?;
            writing.write_all(&answer.as_bytes()[..answer.len() / 2]).await
        }
        Fault::ClosesMidSse => send_to_end(writing, SSE, &format!("data: {}", &answer[..answer.len() / 2])).await,
        Fault::ClosesMidJson => send_to_end(writing, JSON, &answer[..answer.len() / 2]).await,
        Fault::InternalError => {
            send(writing, "500 Internal Server Error", &["content-type: text/plain"], "out of cheese").await
        }
        Fault::TooManyRequests => send(writing, "429 Too Many Requests", &["retry-after: 7"], "").await,
        Fault::Huge => {
            const BYTES: usize = 100_000_000;
            writing.write_all(head("200 OK", &[JSON], Some(BYTES)).as_bytes()).await?;
            let chunk = vec![b' '; 100_000];
            for _ in 0..BYTES / chunk.len() {
                writing.write_all(&chunk).await?;
            }
            Ok(())
        }
        Fault::Gzip => send(writing, "200 OK", &[JSON, "content-encoding: gzip"], "\u{1f}").await,
        Fault::Html => send(writing, "200 OK", &["content-type: text/html"], "<h1>It works!</h1>").await,
        Fault::WrongId => {
            let other = json!({"jsonrpc": "2.0", "id": "another", "result": done()}).to_string();
            send(writing, "200 OK", &[JSON], &other).await
        }
        Fault::TwoAnswers => send(writing, "200 OK", &[JSON], &format!("[{answer},{answer}]")).await,
        Fault::RedirectsInward => {
            let location = "location: http://169.254.169.254/latest/meta-data/";
            send(writing, "307 Temporary Redirect", &[location], "").await
        }
        Fault::EndlessList => {
            let cursor = request["params"]["cursor"].as_str().and_then(|cursor| cursor.parse::<u64>().ok());
            let page = json!({"tools": [], "nextCursor": (cursor.unwrap_or_default() + 1).to_string()});
            send(writing, "200 OK", &[JSON], &result(era, request, page)).await
        }
        Fault::AsksWithoutEnd => {
            let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
            send_many(writing, &ping).await?;
            until_closed(reading).await
        }
        Fault::TellsWithoutEnd => {
            send_many(writing, &json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})).await?;
            writing.write_all(format!("data: {answer}\n\n").as_bytes()).await
        }
        Fault::MalformedTool => {
            let list = json!({"tools": [{"name": "broken"}, tool()]});
            send(writing, "200 OK", &[JSON], &result(era, request, list)).await
        }
    }
}

/// Sends the same event 100,000 times: some megabytes.
async fn send_many(writing: &mut OwnedWriteHalf, message: &Value) -> std::io::Result<()> {
    writing.write_all(head("200 OK", &[SSE], None).as_bytes()).await?;
    let events = format!("data: {message}\n\n").repeat(1_000);
    for _ in 0..100 {
        writing.write_all(events.as_bytes()).await?;
    }
    Ok(())
}

fn tool() -> Value {
    json!({"name": "act", "inputSchema": {"type": "object"}})
}

fn done() -> Value {
    json!({"content": [{"type": "text", "text": "done"}]})
}

fn result(era: Era, request: &Value, result: Value) -> String {
    json!({"jsonrpc": "2.0", "id": request["id"], "result": era.dress(result)}).to_string()
}

async fn drip(writing: &mut OwnedWriteHalf, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        writing.write_all(&[*byte]).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}
