//! A load generator: connections that send the same request again and again, each as soon as it has the answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tests::client::HEADERS;
use tests::http::Connection;

/// Requests before the measurement, so that instances, caches and connections are there.
const WARM_UP: Duration = Duration::from_millis(500);

/// What is sent, and how a right answer is told.
#[derive(Clone)]
pub struct Load {
    address: SocketAddr,
    path: &'static str,
    body: Bytes,
    expected: Arc<str>,
    reconnects: bool,
}

/// What a load found.
pub struct Measured {
    /// The median of the times from request to whole answer.
    pub p50: Duration,
    /// The time that 99 of 100 answers do not exceed.
    pub p99: Duration,
    /// Answers per second, over all connections.
    pub per_second: f64,
}

impl Load {
    /// POSTs `body` to `path`; a right answer contains `expected`.
    pub fn new(address: SocketAddr, path: &'static str, body: &str, expected: &str) -> Self {
        Self {
            address,
            path,
            body: Bytes::copy_from_slice(body.as_bytes()),
            expected: expected.into(),
            reconnects: false,
        }
    }

    /// The same with a new connection for each request.
    pub fn reconnecting(self) -> Self {
        Self { reconnects: true, ..self }
    }

    /// Sends for so long over so many connections.
    ///
    /// # Panics
    /// When an answer is wrong.
    pub async fn run(self, connections: usize, lasting: Duration) -> Measured {
        let begin = Instant::now() + WARM_UP;
        let end = begin + lasting;
        let senders: Vec<_> = (0..connections).map(|_| tokio::spawn(self.clone().send_between(begin, end))).collect();
        let mut times = Vec::new();
        for sender in senders {
            times.extend(sender.await.expect("every answer is right"));
        }
        times.sort();
        let per_second = times.len() as f64 / lasting.as_secs_f64();
        Measured { p50: percentile(&times, 50), p99: percentile(&times, 99), per_second }
    }

    /// Sends until `end`, and gives the times of what was sent after `begin`.
    async fn send_between(self, begin: Instant, end: Instant) -> Vec<Duration> {
        let mut connection = Connection::open(self.address).await.expect("a server");
        let mut times = Vec::new();
        loop {
            let started = Instant::now();
            if started >= end {
                return times;
            }
            if self.reconnects {
                connection = Connection::open(self.address).await.expect("a server");
            }
            let answer = connection.send("POST", self.path, &HEADERS, self.body.clone()).await.expect("an answer");
            let took = started.elapsed();
            let text = String::from_utf8_lossy(&answer.body);
            assert!(answer.status.is_success() && text.contains(&*self.expected), "{}: {text}", answer.status);
            if started >= begin {
                times.push(took);
            }
        }
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let last = sorted.len().checked_sub(1).expect("at least one answer in time");
    sorted[(sorted.len() * percent / 100).min(last)]
}
