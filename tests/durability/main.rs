//! Nothing that was acknowledged is lost: not by writers at the same time, not by a host that is killed. One module for
//! each behaviour; the tests run one after the other, since each of them needs the whole machine.
//!
//! They take a minute and a half; `BOBBIN_DURABILITY=short` makes it 20 seconds.

mod a_killed_host_keeps_what_it_acknowledged;
mod bystander;
mod caller;
mod chance;
mod concurrent_writers_lose_nothing;
mod effort;
mod hosts;
mod inspection;
mod known;
mod redis;
mod writer;
mod writers;

use std::future::Future;
use std::sync::{Mutex, PoisonError};

static WRITING: Mutex<()> = Mutex::new(());

/// Runs a test to its end while no other one of this binary runs.
fn alone<F: Future>(test: F) -> F::Output {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    tests::run(test)
}
