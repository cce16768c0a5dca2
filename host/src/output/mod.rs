//! What the host and its components print. It never holds up who prints, and nothing fails when it cannot be written:
//! a host serves whether or not somebody reads its log.
//!
//! Each of the two standard streams has a queue and a thread that writes it. When a reader is slower than what is
//! printed the queue fills up; what does not fit is left out, and a line says how much that was.

mod component;
mod queue;

pub(crate) use component::ComponentOutput;

use queue::Queue;
use std::fmt::{Arguments, Display};
use std::io::{self, Write};
use std::sync::Once;
use std::thread;
use std::time::{Duration, Instant};

/// How long the end of the process waits for readers of what is still queued.
const FLUSH_GRACE: Duration = Duration::from_secs(1);

/// Writes a line to the log, which is standard error.
pub fn log(message: impl Display) {
    Stream::Error.print(format_args!("bobbin: {message}\n"));
}

/// Writes a line to standard output.
pub fn print(line: impl Display) {
    Stream::Output.print(format_args!("{line}\n"));
}

/// Waits until all is written, for a second at the most.
pub fn flush() {
    let end = Instant::now() + FLUSH_GRACE;
    // Standard error last, since what standard output has lost is told there.
    OUTPUT.flush(end);
    ERROR.flush(end);
}

/// One of the standard streams.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Output,
    Error,
}

impl Stream {
    fn print(self, text: Arguments) {
        self.write(text.to_string().as_bytes());
    }

    /// Queues some bytes, which stay together.
    fn write(self, bytes: &[u8]) {
        self.queue().push(bytes);
    }

    /// The queue of the stream, with a thread that writes it.
    fn queue(self) -> &'static Queue {
        static OUTPUT_WRITER: Once = Once::new();
        static ERROR_WRITER: Once = Once::new();
        match self {
            Self::Output => {
                OUTPUT_WRITER.call_once(|| spawn("standard output", &OUTPUT, io::stdout()));
                &OUTPUT
            }
            Self::Error => {
                ERROR_WRITER.call_once(|| spawn("standard error", &ERROR, io::stderr()));
                &ERROR
            }
        }
    }
}

static OUTPUT: Queue = Queue::new();
static ERROR: Queue = Queue::new();

fn spawn(name: &'static str, queue: &'static Queue, sink: impl Write + Send + 'static) {
    let write = move || {
        queue.write_to(sink, |lost_bytes| {
            let notice =
                format!("bobbin: {lost_bytes} bytes of {name} were left out, since nobody read them in time\n");
            Stream::Error.queue().push_notice(notice.as_bytes());
        });
    };
    // Without a thread nothing is printed, and the host serves all the same.
    let _ = thread::Builder::new().name(name.to_owned()).spawn(write);
}
