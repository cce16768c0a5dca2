//! Connections: accepting them, and closing them in good order.

use super::acceptor::Acceptor;
use super::client_stream::ClientStream;
use super::connection_settings::ConnectionSettings;
use super::connection_table::Connection;
use super::instance_pool::InstancePool;
use super::lifetime::LifetimeEnd;
use super::requests::Requests;
use futures::FutureExt;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// The smallest buffer of a connection that hyper takes.
const MIN_BUFFER_BYTES: usize = 8 << 10;

/// How long instances may take to end when the server has stopped.
const INSTANCES_GRACE: Duration = Duration::from_secs(1);

/// A server at work. Dropping it stops it at once.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    instances: Option<LifetimeEnd>,
}

impl Server {
    /// Answers the requests that arrive at `listener`.
    pub fn start(
        listener: TcpListener,
        settings: ConnectionSettings,
        instances: InstancePool,
        end: LifetimeEnd,
    ) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let requests = Requests::new(instances, settings, stopped.map(|_| ()).boxed().shared());
        let task = tokio::spawn(serve(listener, settings, requests));
        Ok(Self { address, stop: Some(stop), task, instances: Some(end) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more connections, ends the streams of events that clients have opened, lets other requests under way
    /// finish for the grace period, and closes what is left.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // It ends in any case; an error would mean that it panicked, which has been printed.
        let _ = (&mut self.task).await;
        if let Some(instances) = self.instances.take() {
            // One that computes cannot be ended before it yields.
            let _ = timeout(INSTANCES_GRACE, instances.end()).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, settings: ConnectionSettings, requests: Requests) {
    let graceful = GracefulShutdown::new();
    let mut connections = tokio::task::JoinSet::new();
    let mut acceptor = Acceptor::new(listener, settings);
    loop {
        tokio::select! {
            (stream, connection) = acceptor.accept() => {
                connections.spawn(serve_connection(stream, connection, settings, requests.clone(), graceful.watcher()));
            }
            Some(_) = connections.join_next() => {}
            () = requests.shutdown() => break,
        }
    }
    drop(acceptor);
    // What is left after the grace period is closed without an answer.
    let _ = timeout(settings.stop_grace(), graceful.shutdown()).await;
    connections.shutdown().await;
}

async fn serve_connection(
    stream: ClientStream,
    connection: Arc<Connection>,
    settings: ConnectionSettings,
    requests: Requests,
    watcher: Watcher,
) {
    let of_requests = connection.clone();
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.head_timeout())
        .max_header_size(settings.max_head_bytes)
        // A head that is not there as a whole takes no more either.
        .max_buf_size(settings.max_head_bytes.max(MIN_BUFFER_BYTES))
        .serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| requests.clone().answer(of_requests.clone(), request)),
        );
    tokio::select! {
        // Errors are those of the connection: a client that left, that does not speak HTTP, or that is too slow.
        _ = watcher.watch(served) => {}
        () = connection.evicted() => {}
        () = first_head_is_late(&connection, settings.first_head_timeout()) => {}
    }
}

async fn first_head_is_late(connection: &Connection, limit: Duration) {
    sleep(limit).await;
    if !connection.is_new() {
        pending().await
    }
}
