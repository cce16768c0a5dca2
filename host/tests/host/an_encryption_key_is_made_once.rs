use crate::app::{App, measuring};
use crate::exchange::status;
use bobbin::encryption_key::{EncryptionKeyError, provide};
use bobbin::{Host, HostBuilder};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A key in base64.
const GIVEN: &str = "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrzfI=";

fn values(key: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("encryption_key".to_owned(), key.to_owned()), ("other".to_owned(), String::new())])
}

/// What an empty variable becomes.
fn provided(directory: &Path) -> Result<String, EncryptionKeyError> {
    let mut application = values("");
    provide(&mut application, directory).map(|()| application["encryption_key"].clone())
}

fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::write(path, content).expect("a file");
}

#[test]
fn a_key_of_32_bytes_is_made_and_used_again() {
    let folders = [TempDir::new().expect("a folder"), TempDir::new().expect("a folder")];
    let [first, second] = folders.each_ref().map(|folder| provided(folder.path()).expect("a key"));
    assert!(first.len() == 64 && first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
    assert_ne!(first, second);
    assert_eq!(provided(folders[0].path()).expect("the same key"), first);
    let names: Vec<_> =
        fs::read_dir(folders[0].path()).expect("entries").map(|entry| entry.expect("one").file_name()).collect();
    assert_eq!(names, ["encryption_key"]);
}

#[test]
fn a_variable_that_is_set_or_not_declared_stays_as_it_is() {
    let folder = TempDir::new().expect("a folder");
    for application in [values(GIVEN), BTreeMap::from([("other".to_owned(), String::new())])] {
        let mut after = application.clone();
        provide(&mut after, folder.path()).expect("nothing to do");
        assert_eq!(after, application);
    }
    assert_eq!(fs::read_dir(folder.path()).expect("entries").count(), 0);
}

#[test]
fn hosts_that_start_at_the_same_time_have_the_same_key() {
    let folder = TempDir::new().expect("a folder");
    let keys: Vec<String> = std::thread::scope(|scope| {
        let hosts: Vec<_> = (0..16).map(|_| scope.spawn(|| provided(folder.path()).expect("a key"))).collect();
        hosts.into_iter().map(|host| host.join().expect("a host")).collect()
    });
    assert_eq!(keys, vec![provided(folder.path()).expect("the key"); 16]);
}

#[test]
fn a_file_without_a_key_is_refused_and_kept() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("encryption_key");
    let contents: [&[u8]; 5] = [b"", b"key\n", &[b'0'; 63], &[b'x'; 64], &[0xff; 64]];
    for content in contents {
        write(&path, content);
        let error = provided(folder.path()).expect_err("a refusal");
        assert!(matches!(&error, EncryptionKeyError::Invalid { path: refused, .. } if *refused == path), "{error}");
        assert!(error.to_string().contains("delete it"), "{error}");
        assert_eq!(fs::read(&path).expect("the file"), content);
    }
    write(&path, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF");
    assert!(provided(folder.path()).expect("a key").ends_with("ABCDEF"));
}

#[tokio::test(flavor = "multi_thread")]
async fn components_get_the_key_where_the_operator_sets_none() {
    let app = App::new(
        r#"
        spin_manifest_version = 2
        [application]
        name = "test"
        [variables]
        encryption_key = { default = "", secret = true }
        [[trigger.http]]
        route = "/..."
        component = "served"
        [component.served]
        source = "served.wasm"
        [component.served.variables]
        encryption_key = "{{ encryption_key }}"
        "#,
    )
    .with("served.wasm", &measuring());
    let path = app.folder().join(".bobbin/encryption_key");
    let answer = async |host: HostBuilder| status(host.start().await.expect("a host").address()).await;

    assert_eq!(answer(Host::builder(app.manifest()).variable("encryption_key", GIVEN)).await, 244);
    assert!(!path.exists(), "no key is made");
    assert_eq!(answer(Host::builder(app.manifest())).await, 264);
    write(&path, "");
    let error = Host::builder(app.manifest()).start().await.expect_err("no start");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
}
