use crate::app::{App, answering};
use crate::command::{Running, bobbin, first_line, listening};
use bobbin::key_value::Database;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// An application that declares what the demonstration server needs of one; it serves no MCP.
fn gateway(servers: &str) -> App {
    let app = App::serving(&answering(), "key_value_stores = [\"default\"]");
    let manifest = std::fs::read_to_string(app.manifest()).expect("a manifest");
    let declared =
        format!("\n[variables]\nservers = {{ default = '{servers}' }}\nprivate_upstreams = {{ default = \"\" }}\n");
    app.with("spin.toml", (manifest + &declared).as_bytes())
}

fn up(app: &App) -> Command {
    up_at(app, "127.0.0.1:0")
}

fn up_at(app: &App, listen: &str) -> Command {
    let mut command = bobbin(app.folder());
    command.args(["up", "--listen", listen, "--manifest"]).arg(app.manifest());
    for name in ["SERVERS", "ADMIN_KEY", "PRIVATE_UPSTREAMS"] {
        command.env_remove(format!("SPIN_VARIABLE_{name}"));
    }
    command
}

/// What the command logs until it listens.
fn log_of(mut command: Command) -> String {
    let mut running = Running(command.spawn().expect("the command started"));
    listening(&mut running.0);
    running.0.kill().expect("a signal sent");
    let mut log = String::new();
    running.0.stderr.take().expect("its log").read_to_string(&mut log).expect("text");
    log
}

fn has_demo(command: Command) -> bool {
    log_of(command).contains("the demonstration server on 127.0.0.1:")
}

const NONE: &str = r#"{"mcpServers": {}}"#;

#[test]
fn it_is_there_for_a_gateway_without_servers_and_only_then() {
    let none = gateway(NONE);
    assert!(has_demo(up(&none)));
    for (name, value, expected) in [
        ("SERVERS", NONE, false),
        ("SERVERS", "", true),
        ("ADMIN_KEY", "of the operator", false),
        ("PRIVATE_UPSTREAMS", "deny", false),
        ("PRIVATE_UPSTREAMS", "allow", true),
    ] {
        let mut command = up(&none);
        command.env(format!("SPIN_VARIABLE_{name}"), value);
        assert_eq!(has_demo(command), expected, "{name}={value}");
    }
    assert!(!has_demo(up(&gateway(r#"{"mcpServers": {"a": {"url": "http://127.0.0.1:1/mcp"}}}"#))));
    assert!(!has_demo(up(&App::serving(&answering(), ""))), "an application that knows nothing of servers");
}

#[test]
fn arguments_keep_it_away() {
    let none = gateway(NONE);
    let mut command = up(&none);
    command.arg("--no-demo");
    assert!(!has_demo(command));
    let mut command = up_at(&none, "0.0.0.0:0");
    command.arg("--open");
    assert!(!has_demo(command), "others could reach it through the gateway");
}

#[test]
fn it_goes_once_a_server_is_stored() {
    let app = gateway(NONE);
    let store = |key: &str| {
        let database = Database::open(&app.folder().join(".bobbin")).expect("a database");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(database.set("default", key.to_owned(), b"{}".to_vec())).expect("a value kept");
    };
    store("key/of-a-client");
    assert!(has_demo(up(&app)));
    store("server/github/1");
    assert!(!has_demo(up(&app)));
}

/// A demonstration server of its own, and where it listens.
fn demo_server() -> (Running, SocketAddr) {
    let mut running =
        Running(bobbin(Path::new(".")).arg("demo-server").spawn().expect("the demonstration server started"));
    let address = first_line(&mut running.0, "listening on ").parse().expect("an address");
    (running, address)
}

fn post(address: SocketAddr, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("a request sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[cfg(unix)]
#[test]
fn it_serves_on_its_own_until_a_signal() {
    let (mut running, address) = demo_server();
    assert!(address.ip().is_loopback());
    let call =
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}}}"#;
    // A connection that says nothing holds up no other.
    let _silent = TcpStream::connect(address).expect("a connection");
    let answer = post(address, call);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Echo: hello"), "{answer}");
    crate::command::send_signal(&running.0, "TERM");
    assert_eq!(running.0.wait().expect("an end").code(), Some(0));
}

#[test]
fn it_listens_on_this_machine_only() {
    let output =
        bobbin(Path::new(".")).args(["demo-server", "--listen", "0.0.0.0:0"]).output().expect("the command run");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("for this machine only"));
}
