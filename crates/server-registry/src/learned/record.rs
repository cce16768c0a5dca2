//! Records of what was learned of one server's tools, which several instances change at the same time.

use crate::{
    host::Host,
    records,
    store::document::{self, ChangeError},
};
use serde::{Serialize, de::DeserializeOwned};

/// What is to be stored has so many bytes at most, without who wrote it: key-value stores of edge platforms take 1 MB.
const LARGEST_BYTES: usize = 900_000;

/// What such a record holds.
pub(super) trait Contents: Serialize + DeserializeOwned {
    /// Nothing yet, of the server that `identity` tells from others that had its alias before.
    fn empty(identity: &str) -> Self;
    /// Which server that is.
    fn identity(&self) -> &str;
    /// Leaves out the tool that was written the longest ago; `false` when there is none.
    fn remove_oldest(&mut self) -> bool;
}

/// The contents; empty ones where there is no record, or that of another server.
pub(super) async fn load<H: Host, C: Contents>(host: &H, key: &str, identity: &str) -> C {
    let Some(stored) = records::load(host, key).await else { return C::empty(identity) };
    match document::read::<C>(key, &stored) {
        Ok(contents) => of_server(contents, identity),
        Err(_) => {
            // It is learned again.
            records::remove(host, key).await;
            C::empty(identity)
        }
    }
}

/// Changes the contents, where the store works and `change` says that it has. The oldest tools go when all are too much.
pub(super) async fn change<H: Host, C: Contents>(host: &H, key: &str, identity: &str, change: impl Fn(&mut C) -> bool) {
    let changed = document::change(host, key, |contents: Option<C>| {
        let mut contents = contents.map_or_else(|| C::empty(identity), |contents| of_server(contents, identity));
        if !change(&mut contents) {
            return Err(Unchanged);
        }
        while is_too_large(&contents) && contents.remove_oldest() {}
        Ok((contents, ()))
    });
    let error = match changed.await {
        Ok(()) | Err(ChangeError::Refused(Unchanged)) => return,
        Err(ChangeError::Store(error)) => error.to_string(),
        Err(error @ (ChangeError::Busy | ChangeError::TooLarge)) => error.to_string(),
    };
    host.warn(&format!("cannot write \"{key}\": {error}"));
}

/// There was nothing to keep.
#[derive(Debug)]
struct Unchanged;

fn of_server<C: Contents>(contents: C, identity: &str) -> C {
    if contents.identity() == identity { contents } else { C::empty(identity) }
}

fn is_too_large(contents: &impl Serialize) -> bool {
    serde_json::to_vec(contents).is_ok_and(|bytes| bytes.len() > LARGEST_BYTES)
}
