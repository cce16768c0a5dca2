use bobbin::key_value::Database;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Names the folder to the process that is killed.
const FOLDER: &str = "BOBBIN_TEST_WRITES_UNTIL_KILLED";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

#[test]
fn a_killed_process_keeps_every_write_that_was_acknowledged() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return write_until_killed(folder);
    }
    let folder = TempDir::new().expect("a folder");
    let test = concat!(module_path!(), "::a_killed_process_keeps_every_write_that_was_acknowledged");
    let (_, test) = test.split_once("::").expect("the name of this test");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "--nocapture", test])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process that writes");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let acknowledged: Vec<String> = output
        .lines()
        .map(|line| line.expect("a line"))
        .filter_map(|line| line.strip_prefix("acknowledged ").map(str::to_owned))
        .take(100)
        .collect();
    child.kill().expect("the process killed");
    child.wait().expect("the process gone");

    assert_eq!(acknowledged.len(), 100);
    let database = Database::open(folder.path()).expect("the same database");
    for key in acknowledged {
        let value = run(database.get("default", key.clone())).expect("a read");
        assert_eq!(value.as_deref(), Some(key.as_bytes()), "{key}");
    }
}

fn write_until_killed(folder: String) {
    let database = Database::open(folder.as_ref()).expect("a database");
    for number in 0_u64.. {
        let key = format!("key {number}");
        run(database.set("default", key.clone(), key.clone().into_bytes())).expect("a write");
        let mut output = std::io::stdout().lock();
        writeln!(output, "acknowledged {key}").and_then(|()| output.flush()).expect("an acknowledgement");
    }
}

#[test]
fn writes_at_the_same_time_are_all_kept() {
    let folder = TempDir::new().expect("a folder");
    let database = Database::open(folder.path()).expect("a database");
    let writes = (0..500).map(|number| database.set("default", format!("{number:03}"), vec![number as u8]));
    run(futures::future::try_join_all(writes)).expect("all writes");
    drop(database);

    let database = Database::open(folder.path()).expect("the same database");
    let expected: Vec<String> = (0..500).map(|number| format!("{number:03}")).collect();
    assert_eq!(run(database.keys("default")).expect("the keys"), expected);
}

#[test]
fn stores_and_keys_are_apart() {
    let folder = TempDir::new().expect("a folder");
    let database = Database::open(folder.path()).expect("a database");
    run(async {
        database.set("default", "key".to_owned(), b"first".to_vec()).await?;
        database.set("default", "key".to_owned(), b"second".to_vec()).await?;
        assert_eq!(database.get("default", "key".to_owned()).await?, Some(b"second".to_vec()));
        assert_eq!(database.get("other", "key".to_owned()).await?, None);
        assert!(!database.exists("default", "Key".to_owned()).await?);
        database.delete("default", "key".to_owned()).await?;
        database.delete("default", "key".to_owned()).await?;
        assert!(!database.exists("default", "key".to_owned()).await?);
        Ok::<_, bobbin::key_value::DatabaseError>(())
    })
    .expect("reads and writes");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_a_new_state_directory() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().expect("a folder");
    let state = folder.path().join("state");
    let _database = Database::open(&state).expect("a database");
    let mode = std::fs::metadata(&state).expect("the directory").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
