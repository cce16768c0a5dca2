//! The threads on which a host runs.
//!
//! A component that computes keeps its thread for as long as it does, and tokio leaves sockets and timers unattended
//! while the thread that looked after them last is kept, even when others have nothing to do. So a host has more
//! threads than the machine has cores, and one that watches them: when a thread is kept, it wakes another, which then
//! looks after sockets and timers.

use std::future::Future;
use std::io;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// How long a thread may be kept before another is woken.
const WATCH_INTERVAL: Duration = Duration::from_millis(5);

/// The least number of threads.
const MIN_THREADS: usize = 4;

/// Threads that run tasks. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Threads {
    runtime: Option<Runtime>,
    rest: Arc<Rest>,
}

impl Threads {
    /// Starts them.
    pub fn start() -> io::Result<Self> {
        let count = thread::available_parallelism().map_or(MIN_THREADS, |cores| MIN_THREADS.max(2 * cores.get()));
        let rest = Arc::new(Rest::default());
        let waking = rest.clone();
        let runtime = Builder::new_multi_thread()
            .worker_threads(count)
            .thread_name("bobbin")
            .on_thread_unpark(move || waking.end())
            .enable_all()
            .build()?;
        let watcher = Watcher { handle: runtime.handle().clone(), rest: rest.clone(), seen: vec![0; count] };
        thread::Builder::new().name("bobbin watcher".to_owned()).spawn(move || watcher.watch())?;
        Ok(Self { runtime: Some(runtime), rest })
    }

    /// Runs `future` on the threads. A panic in it is this one's.
    pub async fn run<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> T {
        let Some(runtime) = &self.runtime else { return future.await };
        match runtime.spawn(future).await {
            Ok(value) => value,
            Err(error) => resume_unwind(error.into_panic()),
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        self.rest.over.store(true, SeqCst);
        self.rest.end();
    }
}

/// The watcher rests while no thread runs.
#[derive(Debug, Default)]
struct Rest {
    resting: AtomicBool,
    over: AtomicBool,
    lock: Mutex<()>,
    ended: Condvar,
}

impl Rest {
    /// A thread runs; called often, and nearly always when nobody rests.
    fn end(&self) {
        if self.resting.swap(false, SeqCst) {
            let _lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.ended.notify_one();
        }
    }

    fn wait(&self) {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while self.resting.load(SeqCst) && !self.over.load(SeqCst) {
            lock = self.ended.wait(lock).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

struct Watcher {
    handle: Handle,
    rest: Arc<Rest>,
    /// How often each thread had begun or ended to wait when it was looked at last.
    seen: Vec<u64>,
}

impl Watcher {
    fn watch(mut self) {
        while !self.rest.over.load(SeqCst) {
            thread::sleep(WATCH_INTERVAL);
            let metrics = self.handle.metrics();
            let counts: Vec<u64> =
                (0..self.seen.len()).map(|thread| metrics.worker_park_unpark_count(thread)).collect();
            // An odd count is that of a thread that waits.
            let waiting = counts.iter().filter(|count| **count % 2 == 1).count();
            let kept = counts.iter().zip(&self.seen).any(|(now, before)| now == before && now % 2 == 0);
            if kept && waiting > 0 {
                self.handle.spawn(async {});
            }
            if waiting == counts.len() && counts == self.seen {
                self.rest.resting.store(true, SeqCst);
                let still = (0..counts.len()).all(|thread| metrics.worker_park_unpark_count(thread) == counts[thread]);
                if still {
                    self.rest.wait();
                }
                self.rest.resting.store(false, SeqCst);
            }
            self.seen = counts;
        }
    }
}
