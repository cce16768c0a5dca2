//! How long the tests take.

use std::time::Duration;

/// Names the long run.
const VARIABLE: &str = "BOBBIN_DURABILITY";

/// How long clients write at the same time.
pub fn writing() -> Duration {
    if is_full() { Duration::from_secs(30) } else { Duration::from_secs(6) }
}

/// How often a host is killed.
pub fn kills() -> usize {
    if is_full() { 50 } else { 8 }
}

fn is_full() -> bool {
    match std::env::var(VARIABLE).as_deref() {
        Err(_) | Ok("") => false,
        Ok("full") => true,
        Ok(other) => panic!("{VARIABLE} is \"full\" or not set, not {other:?}"),
    }
}
