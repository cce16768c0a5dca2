//! Accepting connections, no more than may be open.

use super::client_stream::ClientStream;
use super::connection_settings::ConnectionSettings;
use crate::output::log;
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// How long to wait after a connection could not be accepted, for instance since too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a connection may be silent before the client is asked whether it is still there.
const PROBE_INTERVAL: Duration = Duration::from_secs(60);

/// Takes connections from a listener.
pub(super) struct Acceptor {
    listener: TcpListener,
    settings: ConnectionSettings,
    free: Arc<Semaphore>,
    has_warned: bool,
}

/// Held as long as a connection is open.
pub(super) type Place = OwnedSemaphorePermit;

impl Acceptor {
    pub fn new(listener: TcpListener, settings: ConnectionSettings) -> Self {
        let free = Arc::new(Semaphore::new(settings.max_connections.min(Semaphore::MAX_PERMITS)));
        Self { listener, settings, free, has_warned: false }
    }

    /// The next connection. Nothing is lost when this is not waited for to the end.
    pub async fn accept(&mut self) -> (ClientStream, Place) {
        loop {
            // It is closed by nobody.
            let Ok(place) = self.place().await else { continue };
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    if let Err(error) = set_up(&stream, self.settings.write_timeout()) {
                        log(format_args!("cannot set up a connection: {error}"));
                    }
                    return (ClientStream::new(stream, self.settings.write_timeout()), place);
                }
                Err(error) => {
                    log(format_args!("cannot accept a connection: {error}"));
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn place(&mut self) -> Result<Place, tokio::sync::AcquireError> {
        if self.free.available_permits() == 0 && !self.has_warned {
            self.has_warned = true;
            let open = self.settings.max_connections;
            log(format_args!("{open} connections are open; others wait until one ends (--max-connections)"));
        }
        self.free.clone().acquire_owned().await
    }
}

/// What is sent and not acknowledged for `write_timeout` ends the connection, where the system can see to it.
fn set_up(stream: &TcpStream, write_timeout: Duration) -> io::Result<()> {
    // Small exchanges on a kept connection would otherwise wait for delayed acknowledgements, up to 40 ms each.
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    // A client that vanished would otherwise keep its stream of events for ever; and for a quarter of an hour where
    // something is sent now and then, since small pieces fill no buffer (RFC 5482).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    socket.set_tcp_user_timeout(Some(write_timeout))?;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = write_timeout;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(PROBE_INTERVAL).with_interval(PROBE_INTERVAL))
}
