//! The engine's epochs: a thread that begins a new one every millisecond while instances run, so that one that computes
//! is asked again and again whether it may go on.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, Thread};
use std::time::Duration;
use wasmtime::Engine;

/// How long an epoch lasts.
pub(crate) const EPOCH: Duration = Duration::from_millis(1);

/// The thread rests after this many epochs in which nothing ran. Waking it costs more than an epoch.
const EPOCHS_UNTIL_REST: u32 = 50;

/// There are epochs while something runs, for as long as there are clones of this.
#[derive(Clone, Debug)]
pub(crate) struct Epochs(Arc<EpochThread>);

/// The thread. It ends when this is dropped.
#[derive(Debug)]
struct EpochThread {
    activity: Arc<Activity>,
    thread: Thread,
}

/// There are epochs until this is dropped.
pub(crate) struct Running<'a>(&'a Activity);

#[derive(Debug, Default)]
struct Activity {
    /// What runs at this moment.
    running: AtomicUsize,
    /// Whether something began to run in this epoch.
    seen: AtomicBool,
    resting: AtomicBool,
    over: AtomicBool,
}

impl Epochs {
    /// Starts the thread.
    pub fn start(engine: Engine) -> io::Result<Self> {
        let activity = Arc::new(Activity::default());
        let counted = activity.clone();
        let thread = thread::Builder::new().name("bobbin epochs".to_owned()).spawn(move || counted.count(&engine))?;
        Ok(Self(Arc::new(EpochThread { activity, thread: thread.thread().clone() })))
    }

    /// Something runs until the answer is dropped.
    pub fn run(&self) -> Running<'_> {
        let EpochThread { activity, thread } = &*self.0;
        activity.running.fetch_add(1, SeqCst);
        activity.seen.store(true, SeqCst);
        if activity.resting.load(SeqCst) && activity.resting.swap(false, SeqCst) {
            thread.unpark();
        }
        Running(activity)
    }
}

impl Drop for EpochThread {
    fn drop(&mut self) {
        self.activity.over.store(true, SeqCst);
        self.thread.unpark();
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, SeqCst);
    }
}

impl Activity {
    fn count(&self, engine: &Engine) {
        let mut quiet = 0;
        while !self.over.load(SeqCst) {
            thread::sleep(EPOCH);
            engine.increment_epoch();
            let has_run = self.seen.swap(false, SeqCst) || self.running.load(SeqCst) > 0;
            quiet = if has_run { 0 } else { quiet + 1 };
            if quiet >= EPOCHS_UNTIL_REST {
                self.rest();
                quiet = 0;
            }
        }
    }

    /// Waits until something runs.
    fn rest(&self) {
        self.resting.store(true, SeqCst);
        // Of one that began to run before it could see the rest.
        if self.seen.load(SeqCst) {
            self.resting.store(false, SeqCst);
        }
        while self.resting.load(SeqCst) && !self.over.load(SeqCst) {
            thread::park();
        }
    }
}
