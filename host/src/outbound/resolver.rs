//! What names resolve to, without the addresses that requests may not lead to.

use super::Networks;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;
use tower_service::Service;

/// Addresses of names, in place of what the system says of them.
pub type Addresses = BTreeMap<String, Vec<IpAddr>>;

/// Resolves names by what is given, and others by the system.
#[derive(Clone)]
pub(super) struct Resolver {
    given: Arc<Addresses>,
    system: GaiResolver,
    networks: Networks,
}

impl Resolver {
    pub fn new(given: Arc<Addresses>, networks: Networks) -> Self {
        Self { given, system: GaiResolver::new(), networks }
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        self.system.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let networks = self.networks;
        let given = self.given.get(name.as_str()).cloned();
        let system = if given.is_none() { Some(self.system.call(name)) } else { None };
        Box::pin(async move {
            let addresses = match system {
                Some(resolving) => resolving.await?.collect(),
                // The connection has the port of the URL.
                None => given.into_iter().flatten().map(|address| SocketAddr::new(address, 0)).collect(),
            };
            Ok(networks.admitted(addresses).map_err(io::Error::other)?.into_iter())
        })
    }
}
