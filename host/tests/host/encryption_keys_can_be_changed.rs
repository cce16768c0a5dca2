//! What was sealed with the key that the host made opens after a change of keys.

use crate::app::{App, answering};
use crate::command::{listening, send_signal, up};
use bobbin::encryption_key::{EncryptionKeyError, provide};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use tempfile::TempDir;

const NEWEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF";
const OLDER: &str = "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrzfI=";
const OLDEST: &str = "00000000000000000000000000000000000000000000000000000000000000ff";

/// What the variable becomes over a file.
fn provided(variable: &str, file: &str) -> Result<String, EncryptionKeyError> {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("encryption_key");
    fs::write(&path, file).expect("a file");
    let provided = provided_in(variable, folder.path());
    assert_eq!(fs::read_to_string(&path).expect("the file"), file, "the file stays as it is");
    provided
}

fn provided_in(variable: &str, folder: &Path) -> Result<String, EncryptionKeyError> {
    let mut application = BTreeMap::from([("encryption_key".to_owned(), variable.to_owned())]);
    provide(&mut application, folder).map(|()| application["encryption_key"].clone())
}

#[test]
fn by_more_keys_in_the_file() {
    let all = [NEWEST, OLDER, OLDEST].join(",");
    for file in [
        all.clone(),
        format!("{NEWEST}\n{OLDER}\n{OLDEST}\n"),
        format!("{NEWEST},\r\n{OLDER} , {OLDEST}\r\n"),
        format!("\n{NEWEST}\n\n{OLDER},,{OLDEST}"),
    ] {
        assert_eq!(provided("", &file).expect(&file), all, "{file:?}");
    }
}

#[test]
fn by_the_variable_before_the_file() {
    let file = format!("{OLDER}\n{OLDEST}\n");
    for (variable, keys) in [
        (NEWEST.to_owned(), [NEWEST, OLDER, OLDEST].join(",")),
        (format!(" {NEWEST} , {OLDER} "), [NEWEST, OLDER, OLDEST].join(",")),
        ([OLDEST, NEWEST].join(","), [OLDEST, NEWEST, OLDER].join(",")),
        ([OLDER, OLDEST].join(","), [OLDER, OLDEST].join(",")),
    ] {
        assert_eq!(provided(&variable, &file).expect("keys"), keys);
    }
}

#[test]
fn by_the_variable_without_a_file() {
    let folder = TempDir::new().expect("a folder");
    assert_eq!(provided_in(NEWEST, folder.path()).expect("the key"), NEWEST);
    assert_eq!(fs::read_dir(folder.path()).expect("entries").count(), 0, "none is made");
}

#[test]
fn but_not_by_a_variable_that_is_none() {
    let folder = TempDir::new().expect("a folder");
    let error = provided_in(&format!("{NEWEST},abc"), folder.path()).expect_err("no key").to_string();
    assert!(error.contains("SPIN_VARIABLE_ENCRYPTION_KEY") && error.contains("key 2"), "{error}");
    assert!(!error.contains("abc"), "{error}");
}

#[test]
fn but_not_by_what_is_no_key() {
    for variable in ["", NEWEST] {
        for (file, place) in
            [(format!("{OLDER},key"), "key 2"), (format!("key\n{OLDER}"), "key 1"), (",\n".to_owned(), "")]
        {
            let error = provided(variable, &file).expect_err(&file);
            assert!(
                matches!(error, EncryptionKeyError::Invalid { .. }) && error.to_string().contains(place),
                "{error}"
            );
            assert!(!error.to_string().contains(OLDER), "keys are not shown");
        }
    }
}

#[cfg(unix)]
#[test]
fn and_the_log_says_so() {
    let app = App::serving(&answering(), "[variables]\nencryption_key = { default = \"\", secret = true }");
    let path = app.folder().join(".bobbin/encryption_key");
    for (variable, says) in [("", false), (NEWEST, true)] {
        let mut command = up(&app);
        let mut host = command.args(["--listen", "127.0.0.1:0"]).env("SPIN_VARIABLE_ENCRYPTION_KEY", variable).spawn();
        let host = host.as_mut().expect("the command started");
        listening(host);
        send_signal(host, "TERM");
        let mut log = String::new();
        host.stderr.take().expect("its log").read_to_string(&mut log).expect("text");
        let line =
            format!("bobbin: the variable encryption_key seals; what was sealed with {} still opens", path.display());
        assert_eq!(log.lines().any(|said| said == line), says, "{log}");
        assert!(host.wait().expect("an end").success());
    }
}
