//! A client that uses the gateway while others change it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tests::client::Client;
use tokio::task::JoinHandle;

/// Calls a tool of the server `steady` over and over.
pub struct Bystander {
    is_over: Arc<AtomicBool>,
    using: JoinHandle<usize>,
}

impl Bystander {
    /// Begins.
    pub fn start(host: SocketAddr) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let using = tokio::spawn(use_until(Client::new(host), is_over.clone()));
        Self { is_over, using }
    }

    /// How many scripts ran.
    ///
    /// # Panics
    /// When one of them failed.
    pub async fn stop(self) -> usize {
        self.is_over.store(true, Ordering::Relaxed);
        self.using.await.expect("every script runs")
    }
}

async fn use_until(client: Client, is_over: Arc<AtomicBool>) -> usize {
    let mut runs = 0;
    loop {
        let run = client.execute("await tools.steady.wait({ ms: 1 }); return 7").await;
        assert_eq!(*run.value(), 7);
        runs += 1;
        if is_over.load(Ordering::Relaxed) {
            return runs;
        }
    }
}
