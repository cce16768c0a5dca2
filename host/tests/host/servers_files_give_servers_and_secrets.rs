use bobbin::servers_file::{ServersFile, read};
use std::path::PathBuf;
use tempfile::TempDir;

fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("servers.json");
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

fn environment(name: &str) -> Option<String> {
    match name {
        "TOKEN" => Some("t0k\"en".to_owned()),
        "HOST" => Some("example.com".to_owned()),
        _ => None,
    }
}

#[test]
fn the_names_in_strings_are_looked_up_and_missing_ones_left_out() {
    let text = r#"{"mcpServers": {"a": {
        "url": "https://${HOST:-localhost}/${PATH_SEGMENT}",
        "headers": {"Authorization": "Bearer ${TOKEN}", "X": "$TOKEN ${} ${not a name} ${open"},
        "list": ["${TOKEN}"]
    }}}"#;
    let (_folder, path) = file(text);
    let read = read(&path, environment).expect("a file of servers");
    let secrets = r#"{"HOST":"example.com","TOKEN":"t0k\"en"}"#;
    assert_eq!(read, ServersFile { servers: text.to_owned(), secrets: secrets.to_owned() });
}

#[test]
fn a_syntax_error_has_line_and_column() {
    let (_folder, path) = file("{\n  \"mcpServers\": {,}\n}");
    let error = read(&path, environment).expect_err("no JSON").to_string();
    assert!(error.contains("servers.json is not JSON") && error.contains("line 2 column 18"), "{error}");
}

#[test]
fn another_shape_is_refused() {
    for text in ["[]", "{}", "null", r#"{"mcpServers": []}"#] {
        let (_folder, path) = file(text);
        let error = read(&path, environment).expect_err(text).to_string();
        assert!(error.contains(r#"must be of the form {"mcpServers""#), "{error}");
    }
}
