//! Tests that cannot run here.

use std::io::Write;

/// Says that a test was left out, and why, in the line that `scripts/test` counts. It goes around the
/// test harness, which keeps what passing tests print to itself.
pub fn skip(test: &str, reason: &str) {
    let line = format!("SKIPPED: {test}: {reason}\n");
    std::io::stderr().write_all(line.as_bytes()).expect("standard error is open");
}
