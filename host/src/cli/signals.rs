//! How the command is told to stop.

#[cfg(not(unix))]
use bobbin::output::log;
use std::io;

/// SIGINT and SIGTERM.
#[cfg(unix)]
pub struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    /// Catches them from now on.
    pub fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub struct StopSignals;

#[cfg(not(unix))]
impl StopSignals {
    pub fn catch() -> io::Result<Self> {
        Ok(Self)
    }

    pub async fn next(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            log(format_args!("cannot wait for Ctrl-C: {error}"));
        }
    }
}
