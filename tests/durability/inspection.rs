//! What the local host has on disk.

use std::collections::BTreeSet;
use std::path::Path;

use bobbin::key_value::Database;
use serde_json::Value;

const STORE: &str = "default";

/// How many records there are that nothing leads to.
pub struct Leftovers {
    /// Of servers.
    pub servers: usize,
    /// Of keys that are marked as revoked.
    pub keys: usize,
}

/// Reads every record of servers and keys.
///
/// # Panics
/// When one cannot be read, or the index names a record that is not there.
pub async fn inspect(state: &Path) -> Leftovers {
    let database = Database::open(state).expect("the store can be opened");
    let names: BTreeSet<String> = database.keys(STORE).await.expect("keys").into_iter().collect();
    let index = read(&database, "servers").await;
    let listed = index["contents"]["servers"].as_object().expect("servers");
    let wanted: BTreeSet<String> = listed
        .iter()
        .map(|(alias, server)| format!("server/{alias}/{}", server["body"].as_str().expect("a name")))
        .collect();
    let (mut there, mut revoked) = (BTreeSet::new(), 0);
    for name in names {
        if name.starts_with("server/") {
            assert!(read(&database, &name).await["server"]["url"].is_string(), "{name}");
            there.insert(name);
        } else if name.starts_with("key/") {
            let key = read(&database, &name).await;
            assert!(key["contents"]["record"].is_object(), "{name}: {key}");
            revoked += usize::from(key["contents"]["revoked"] == true);
        }
    }
    let missing: Vec<_> = wanted.difference(&there).collect();
    assert!(missing.is_empty(), "the index names {missing:?}, which are not there");
    Leftovers { servers: there.len() - wanted.len(), keys: revoked }
}

async fn read(database: &Database, name: &str) -> Value {
    let bytes = database.get(STORE, name.to_owned()).await.expect("readable").unwrap_or_else(|| panic!("{name}"));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{name} is damaged: {error}"))
}
