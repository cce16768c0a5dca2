//! A client that begins a body and does not end it gets an error from the gateway, on Bobbin's own host.

use bobbin::{ConnectionSettings, Host};
use tests::project;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[test]
fn in_its_own_time_while_others_are_served() {
    tests::run(async {
        let state = tempfile::tempdir().expect("a temporary folder");
        let settings = ConnectionSettings { body_timeout_ms: 200, ..Default::default() };
        let host = Host::builder(project::path("spin.toml")).state_dir(state.path()).connections(settings);
        let host = host.start().await.expect("the local host starts; scripts/build builds what it needs");
        let mut slow = TcpStream::connect(host.address()).await.expect("a connection");
        let begun = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
            Accept: application/json, text/event-stream\r\nContent-Length: 100\r\n\r\n{\"jsonrpc\"";
        slow.write_all(begun.as_bytes()).await.expect("the beginning of a request");
        let client = tests::client::Client::new(host.address());
        assert_eq!(*client.execute("return 1").await.value(), 1, "others are served");
        let mut answer = String::new();
        slow.read_to_string(&mut answer).await.expect("an answer, and the end of the connection");
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("The body could not be read"), "{answer}");
    });
}
