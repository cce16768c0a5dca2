//! What the registry keeps in the key-value store as its own word: `servers` says which servers there are, and
//! `server/<alias>/<body>` holds the rest of each ([`index`], [`server_record`]); `key/<id>` is a client's key
//! ([`key_record`]), and `usage/<day>/<shard>` counts what happened ([`counts`]). What can be had again from servers
//! (catalogs, connections, learned types) is in `records` and `learned`.
//!
//! Writers of several instances lose nothing: a record is changed by compare-and-swap ([`document`]), and a server
//! counts once it stands in `servers`, so that one half written is none.

pub(crate) mod counts;
pub(crate) mod document;
pub(crate) mod index;
pub(crate) mod key_record;
pub(crate) mod server_record;
