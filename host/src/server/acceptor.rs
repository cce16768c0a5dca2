//! Accepting connections.

use super::caller::Peer;
use super::client_stream::ClientStream;
use super::connection_settings::ConnectionSettings;
use super::connection_table::{Connection, ConnectionTable};
use crate::output::log;
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// How long to wait after a connection could not be accepted, for instance since too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a connection may be silent before the client is asked whether it is still there.
const PROBE_INTERVAL: Duration = Duration::from_secs(60);

/// Takes connections from a listener.
pub(super) struct Acceptor {
    listener: TcpListener,
    settings: ConnectionSettings,
    connections: ConnectionTable,
    has_warned: bool,
}

impl Acceptor {
    pub fn new(listener: TcpListener, settings: ConnectionSettings) -> Self {
        let connections = ConnectionTable::new(settings.connection_limits());
        Self { listener, settings, connections, has_warned: false }
    }

    /// The next connection. Nothing is lost when this is not waited for to the end.
    pub async fn accept(&mut self) -> (ClientStream, Arc<Connection>) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    if let Err(error) = set_up(&stream, self.settings.write_timeout()) {
                        log(format_args!("cannot set up a connection: {error}"));
                    }
                    let (connection, is_full) = self.connections.open(Peer::of(address.ip()));
                    self.warn_full(is_full);
                    return (ClientStream::new(stream, self.settings.write_timeout()), connection);
                }
                Err(error) => {
                    log(format_args!("cannot accept a connection: {error}"));
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn warn_full(&mut self, is_full: bool) {
        if is_full && !self.has_warned {
            self.has_warned = true;
            let open = self.settings.max_connections;
            log(format_args!("{open} connections are open; those without a request are closed (--max-connections)"));
        }
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
