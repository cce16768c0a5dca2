use crate::app::{App, counting, delegating};
use crate::exchange::status;
use bobbin::key_value::{Database, DatabaseError, Swap};
use bobbin::{Host, InstanceSettings};
use futures::future::{join_all, try_join_all};
use std::path::Path;
use tempfile::TempDir;

/// What the fixture answers when the store does not open with `access-denied`.
const ACCESS_DENIED: u16 = 501;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

fn opened() -> (TempDir, Database) {
    let folder = TempDir::new().expect("a folder");
    let database = Database::open(folder.path()).expect("a database");
    (folder, database)
}

fn key() -> String {
    "key".to_owned()
}

/// Appends `byte` to the value, and says how many swaps that took.
async fn append(database: &Database, byte: u8) -> Result<usize, DatabaseError> {
    let mut expected: Option<Vec<u8>> = None;
    let mut attempts = 1;
    loop {
        let mut value = expected.clone().unwrap_or_default();
        value.push(byte);
        match database.swap("default", key(), expected, value).await? {
            Swap::Done => return Ok(attempts),
            Swap::Failed { current } => expected = current,
        }
        attempts += 1;
    }
}

#[test]
fn swaps_at_the_same_time_are_all_kept() {
    let (folder, database) = opened();
    let attempts = run(try_join_all((0..100).map(|byte| append(&database, byte)))).expect("all swaps");
    assert!(attempts.iter().any(|attempts| *attempts > 1), "some met another: {attempts:?}");
    drop(database);
    let database = Database::open(folder.path()).expect("the same database");
    let mut value = run(database.get("default", key())).expect("a read").expect("a value");
    value.sort_unstable();
    assert_eq!(value, (0..100).collect::<Vec<u8>>());
}

#[test]
fn swaps_of_two_hosts_on_one_file_are_all_kept() {
    let (folder, first) = opened();
    let second = Database::open(folder.path()).expect("the same database");
    let swaps = (0..100).map(|byte| append([&first, &second][usize::from(byte % 2)], byte));
    run(try_join_all(swaps)).expect("all swaps");
    let mut value = run(first.get("default", key())).expect("a read").expect("a value");
    value.sort_unstable();
    assert_eq!(value, (0..100).collect::<Vec<u8>>());
}

#[test]
fn a_swap_that_meets_another_value_leaves_it_and_says_what_it_is() {
    let (_folder, database) = opened();
    let swap = |expected: Option<&str>, value: &str| {
        run(database.swap("default", key(), expected.map(|text| text.as_bytes().to_vec()), value.into()))
            .expect("a swap")
    };
    let failed = |current: Option<&str>| Swap::Failed { current: current.map(|text| text.as_bytes().to_vec()) };
    assert_eq!(swap(Some("old"), "new"), failed(None), "nothing is there");
    assert_eq!(swap(Some(""), "new"), failed(None), "nothing is not empty");
    assert_eq!(swap(None, ""), Swap::Done);
    assert_eq!(swap(None, "other"), failed(Some("")), "it is not absent any more");
    assert_eq!(swap(Some(""), "new"), Swap::Done);
    assert_eq!(swap(Some("new "), "other"), failed(Some("new")));
    assert_eq!(run(database.get("default", key())).expect("a read"), Some(b"new".to_vec()));
    run(database.delete("default", key())).expect("a deletion");
    assert_eq!(swap(Some("new"), "other"), failed(None));
    assert_eq!(run(database.get("default", key())).expect("a read"), None);
}

#[test]
fn writes_of_one_commit_have_outcomes_of_their_own() {
    let (_folder, database) = opened();
    let absent = |name: &str| database.swap("default", name.to_owned(), None, name.into());
    let outcomes = run(async {
        // Those that the writer does not find alone share a commit.
        futures::join!(
            absent("a"),
            database.set("default", "b".to_owned(), b"set".to_vec()),
            absent("b"),
            database.increment("default", "b".to_owned(), 1),
            database.increment("default", "c".to_owned(), 7),
            absent("a"),
            absent("d"),
        )
    });
    assert_eq!(outcomes.0.expect("a"), Swap::Done);
    outcomes.1.expect("b set");
    assert_eq!(outcomes.2.expect("b"), Swap::Failed { current: Some(b"set".to_vec()) });
    assert!(matches!(outcomes.3, Err(DatabaseError::NotANumber { key }) if key == "b"));
    assert_eq!(outcomes.4.expect("c"), 7);
    assert_eq!(outcomes.5.expect("a again"), Swap::Failed { current: Some(b"a".to_vec()) });
    assert_eq!(outcomes.6.expect("d"), Swap::Done);
    let keys = run(database.keys("default")).expect("the keys");
    assert_eq!(keys, ["a", "b", "c", "d"]);
}

#[test]
fn increments_at_the_same_time_are_all_kept() {
    let (_folder, database) = opened();
    let sums = (1..=200).map(|delta| database.increment("default", key(), if delta % 2 == 0 { delta } else { -delta }));
    let mut sums = run(try_join_all(sums)).expect("all increments");
    sums.sort_unstable();
    sums.dedup();
    assert_eq!(sums.len(), 200, "each got a sum of its own");
    let value = run(database.get("default", key())).expect("a read");
    assert_eq!(value, Some(100_i64.to_le_bytes().to_vec()));
}

#[test]
fn a_sum_beyond_64_bits_is_refused_and_changes_nothing() {
    let (_folder, database) = opened();
    let increment = |delta| run(database.increment("default", key(), delta));
    assert_eq!(increment(i64::MAX).expect("the largest number"), i64::MAX);
    let error = increment(1).expect_err("one more");
    assert_eq!(error.to_string(), "`key` incremented by 1 does not fit into 64 bits");
    assert_eq!(increment(0).expect("the same number"), i64::MAX);
}

async fn count(app: &App) -> Vec<u16> {
    // Each request has an instance of its own, so that they meet in the store.
    let settings = InstanceSettings { max_concurrent_requests: 1, max_requests: 1, ..Default::default() };
    let host = Host::builder(app.manifest()).instances(settings).start().await.expect("a host");
    join_all((0..40).map(|_| status(host.address()))).await
}

fn stored(folder: &Path) -> [Option<Vec<u8>>; 2] {
    let database = Database::open(&folder.join(".bobbin")).expect("the database of the host");
    ["swapped", "incremented"].map(|key| run(database.get("default", key.to_owned())).expect("a read"))
}

#[tokio::test(flavor = "multi_thread")]
async fn components_lose_nothing() {
    let app = App::serving(&counting(), "key_value_stores = [\"default\"]");
    assert_eq!(count(&app).await, [200; 40]);
    let folder = app.folder().to_owned();
    let values = tokio::task::spawn_blocking(move || stored(&folder)).await.expect("values");
    assert_eq!(values, [Some(40_i32.to_le_bytes().to_vec()), Some(80_i64.to_le_bytes().to_vec())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dependency_that_inherits_stores_counts_in_them() {
    let app = App::serving(
        &delegating(),
        r#"
        key_value_stores = ["default"]
        [component.served.dependencies]
        "wasi:http/handler@0.3.0" = { component = "counting", inherit_configuration = ["key_value_stores"] }
        [component.counting]
        source = "counting.wasm"
        "#,
    )
    .with("counting.wasm", &counting());
    assert_eq!(count(&app).await, [200; 40]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_not_allowed_does_not_open() {
    let app = App::serving(&counting(), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    assert_eq!(status(host.address()).await, ACCESS_DENIED);
}
