//! How long the tests take.

use std::time::Duration;

use crate::hosts;

/// Makes them short.
const VARIABLE: &str = "BOBBIN_DURABILITY";

/// How long clients write at the same time.
pub fn writing() -> Duration {
    if is_short() { Duration::from_secs(6) } else { Duration::from_secs(30) }
}

/// How often a host is killed. Spin takes seconds to start, since it keeps no compiled code.
pub fn kills() -> usize {
    if is_short() || hosts::is_spin() { 8 } else { 50 }
}

fn is_short() -> bool {
    match std::env::var(VARIABLE).as_deref() {
        Err(_) | Ok("") => false,
        Ok("short") => true,
        Ok(other) => panic!("{VARIABLE} is \"short\" or not set, not {other:?}"),
    }
}
