//! `connection/<alias>`: what a handshake found out, so that a fresh instance needs none; and, while an instance makes
//! another one because the server has refused it, `renewing/<alias>`.

use crate::{host::Host, mark::Mark, records};
use futures::{FutureExt, future::LocalBoxFuture};
use mcp_client::{Connection, Flight, Sharing};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// How often, and for how long, those who do not renew look for the connection of the one that does.
const LOOK_MS: u64 = 50;
const LOOKS: u64 = 60;

/// The record of one server.
pub(super) struct KeptConnection<H> {
    host: H,
    alias: String,
    fingerprint: String,
    /// Who renews the connection.
    renewing: Mark<H>,
    known: RefCell<Option<Rc<Connection>>>,
    saving: Flight<()>,
}

impl<H: Host> KeptConnection<H> {
    pub fn new(host: &H, alias: &str, fingerprint: &str) -> Self {
        Self {
            host: host.clone(),
            alias: alias.to_string(),
            fingerprint: fingerprint.to_string(),
            renewing: Mark::new(host, records::renewing_key(alias), format!("who renews the session with \"{alias}\"")),
            known: RefCell::default(),
            saving: Flight::default(),
        }
    }

    /// What an instance has left, maybe this one.
    pub async fn load(&self) -> Option<Connection> {
        let record = records::load(&self.host, &records::connection_key(&self.alias)).await?;
        let connection = records::read_connection(&self.fingerprint, &record)?;
        self.known.replace(Some(Rc::new(connection.clone())));
        Some(connection)
    }

    /// Leaves a connection for other instances, if it is new. What is current may be another once it is written.
    pub async fn save(&self, current: impl Fn() -> Option<Rc<Connection>>) {
        let new = || current().filter(|connection| !self.is_known(connection));
        if new().is_none() {
            return;
        }
        self.saving
            .join(&self.host, || async {
                let Some(connection) = new() else { return };
                if let Some(record) = records::write_connection(&self.fingerprint, &connection) {
                    records::save(&self.host, &records::connection_key(&self.alias), record).await;
                }
                self.known.replace(Some(connection));
            })
            .await;
    }

    fn is_known(&self, connection: &Connection) -> bool {
        self.known.borrow().as_ref().is_some_and(|known| **known == *connection)
    }

    async fn other_than(&self, refused: &Connection) -> Option<Connection> {
        self.load().await.filter(|connection| connection != refused)
    }
}

impl<H: Host> Sharing for KeptConnection<H> {
    fn made_elsewhere(&self, refused: Rc<Connection>) -> LocalBoxFuture<'_, Option<Connection>> {
        async move {
            if let Some(other) = self.other_than(&refused).await {
                return Some(other);
            }
            if self.renewing.take().await {
                // Whoever was first before is done by now, and may have been while this one looked.
                let other = self.other_than(&refused).await;
                if other.is_some() {
                    self.renewing.remove().await;
                }
                return other;
            }
            for _ in 0..LOOKS {
                self.host.sleep(Duration::from_millis(LOOK_MS)).await;
                if let Some(other) = self.other_than(&refused).await {
                    return Some(other);
                }
            }
            // It was given up, or takes too long.
            None
        }
        .boxed_local()
    }

    fn made(&self, connection: Option<Rc<Connection>>) -> LocalBoxFuture<'_, ()> {
        async move {
            self.save(|| connection.clone()).await;
            self.renewing.remove().await;
        }
        .boxed_local()
    }
}
