use crate::command::bobbin;
use std::fs;
use std::process::Output;
use tempfile::TempDir;

fn secrets(text: &str) -> Output {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("servers.json"), text).expect("a file of servers");
    let mut command = bobbin(folder.path());
    command.args(["secrets", "--servers", "servers.json"]).env_remove("UNSET");
    command.env("TOKEN", "t0k\"en").env("OTHER", "not named").output().expect("the command run")
}

#[test]
fn the_values_of_what_the_file_names_and_no_others() {
    let output = secrets(
        r#"{"mcpServers": {"a": {"url": "https://${HOST:-localhost}/", "headers": {"X": "${TOKEN}${UNSET} $OTHER"}}}}"#,
    );
    assert_eq!(String::from_utf8(output.stdout).expect("text"), "{\"TOKEN\":\"t0k\\\"en\"}\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_file_without_names_has_none() {
    assert_eq!(secrets(r#"{"mcpServers": {}}"#).stdout, b"{}\n");
}

#[test]
fn a_file_that_cannot_be_used_is_an_error() {
    let output = secrets("[]");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), b"".as_slice()));
    assert!(String::from_utf8_lossy(&output.stderr).contains("must be of the form"));
}
