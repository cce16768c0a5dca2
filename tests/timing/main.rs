//! What takes how long, end to end. One module for each behaviour; the tests run one after the other,
//! so that they do not measure each other.

mod computing;
mod limits_end_a_script_in_time;
mod parallel_calls_take_as_long_as_one;

use std::future::Future;
use std::sync::{Mutex, PoisonError};

static MEASURING: Mutex<()> = Mutex::new(());

/// Runs a test to its end while no other one of this binary runs.
fn alone<F: Future>(test: F) -> F::Output {
    let _measuring = MEASURING.lock().unwrap_or_else(PoisonError::into_inner);
    tests::run(test)
}
