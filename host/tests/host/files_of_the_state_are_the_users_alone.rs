#![cfg(unix)]

use bobbin::encryption_key::provide;
use bobbin::key_value::Database;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
}

/// The names in a folder, with their modes.
fn modes(folder: &Path) -> BTreeMap<String, u32> {
    let entries = fs::read_dir(folder).expect("entries").map(|entry| entry.expect("one").path());
    entries.map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), mode(&path))).collect()
}

/// A folder that others may look into.
fn open_folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    set_mode(folder.path(), 0o755);
    folder
}

/// Opens the database and the key, and writes to the database.
fn use_state(folder: &Path) -> (Database, String) {
    let database = Database::open(folder).expect("a database");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(database.set("default", "key".to_owned(), b"value".to_vec())).expect("a write");
    let mut variables = BTreeMap::from([("encryption_key".to_owned(), String::new())]);
    provide(&mut variables, folder).expect("a key");
    (database, variables.remove("encryption_key").expect("the key"))
}

#[test]
fn where_others_may_look_into_the_folder_as_well() {
    let folder = open_folder();
    let _state = use_state(folder.path());
    let modes = modes(folder.path());
    let names: Vec<&str> = modes.keys().map(String::as_str).collect();
    assert_eq!(names, ["encryption_key", "key_value.db", "key_value.db-shm", "key_value.db-wal"]);
    assert!(modes.values().all(|mode| *mode == 0o600), "{modes:?}");
}

#[test]
fn and_are_taken_from_others_who_have_access() {
    let folder = open_folder();
    let (_in_use, key) = use_state(folder.path());
    for exposed in [0o644, 0o660, 0o602] {
        modes(folder.path()).keys().for_each(|name| set_mode(&folder.path().join(name), exposed));
        let (_database, again) = use_state(folder.path());
        assert_eq!(again, key, "its content stays");
        assert!(modes(folder.path()).values().all(|mode| *mode == 0o600), "after {exposed:o}");
    }
}

#[test]
fn a_file_that_the_user_may_only_read_stays_so() {
    let folder = open_folder();
    let (_, key) = use_state(folder.path());
    set_mode(&folder.path().join("encryption_key"), 0o440);
    assert_eq!(use_state(folder.path()).1, key);
    assert_eq!(mode(&folder.path().join("encryption_key")), 0o400);
}
