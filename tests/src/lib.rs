//! What the end-to-end tests are written with: a gateway on a free port, MCP servers for it to call, and
//! clients that call it.
//!
//! The tests themselves are in `behaviour/` and, where they measure time, in `timing/`. They need what
//! `scripts/setup` installs and what `scripts/build` builds; `scripts/test` does both first.

pub mod api;
pub mod client;
pub mod corpus;
pub mod driver;
pub mod encoding;
pub mod era;
pub mod events;
pub mod fleet;
pub mod gateway;
pub mod host_process;
pub mod http;
pub mod peer;
pub mod planted;
pub mod process;
pub mod project;
pub mod random;
pub mod redis;
pub mod revealing;
pub mod round_robin;
pub mod skip;
pub mod spelling;
pub mod state;
pub mod twin;
pub mod upstream;

use std::future::Future;
use std::sync::LazyLock;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

/// One runtime for the whole test binary, so that a gateway may outlive the test that started it. More
/// threads than cores: a script that computes must not hold up the clock of the tests.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime"));

/// No test takes longer; one that does hangs.
const TEST: Duration = Duration::from_secs(300);

/// Runs a test to its end.
///
/// # Panics
/// When it hangs.
pub fn run<F: Future>(test: F) -> F::Output {
    RUNTIME.block_on(async { tokio::time::timeout(TEST, test).await.expect("the test ends") })
}

/// Runs what is no test and may take its time.
pub fn run_for_long<F: Future>(task: F) -> F::Output {
    RUNTIME.block_on(task)
}
