//! The threads on which a host runs.
//!
//! A component that computes gives its thread up again and again (see `server::computing`), and there is a thread more
//! than there may be components that compute for long. So sockets and timers are attended to, and short requests go on,
//! whatever others compute.

use std::future::Future;
use std::io;
use std::panic::resume_unwind;
use std::thread::available_parallelism;
use tokio::runtime::{Builder, Runtime};

/// After how many tasks a thread looks after sockets and timers; tokio's own 61 may each compute for a slice.
const EVENT_INTERVAL: u32 = 8;

/// Threads that run tasks. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct HostRuntime(Option<Runtime>);

impl HostRuntime {
    /// Starts them.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(max_computing() + 1)
            .event_interval(EVENT_INTERVAL)
            .thread_name("bobbin")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Runs `future` on the threads. A panic in it is this one's.
    pub async fn run<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> T {
        let Some(runtime) = &self.0 else { return future.await };
        match runtime.spawn(future).await {
            Ok(value) => value,
            Err(error) => resume_unwind(error.into_panic()),
        }
    }
}

impl Drop for HostRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// How many components may compute for long at the same time.
pub(crate) fn max_computing() -> usize {
    available_parallelism().map_or(1, usize::from)
}
