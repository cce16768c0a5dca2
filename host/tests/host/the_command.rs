use crate::app::{App, answering, forwarding};
use crate::command::{listening, send_signal, up};
use crate::exchange::{accept, answer, ask, upstream};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Output};

fn failed(mut command: Command) -> String {
    let Output { status, stderr, .. } = command.output().expect("the command run");
    assert_eq!(status.code(), Some(1));
    String::from_utf8(stderr).expect("text")
}

#[cfg(unix)]
#[test]
fn it_serves_until_a_signal_and_ends_with_zero() {
    for signal in ["INT", "TERM"] {
        let app = App::serving(&answering(), "");
        let mut child = up(&app).args(["--listen", "127.0.0.1:0"]).spawn().expect("the command started");
        let address = listening(&mut child);
        assert_eq!(answer(ask(address)).0, 200);
        send_signal(&child, signal);
        assert_eq!(child.wait().expect("an end").code(), Some(0), "after SIG{signal}");
        assert!(app.folder().join(".bobbin/key_value.db").is_file(), "the state is beside the manifest");
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_it_at_once() {
    let (upstream, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let mut child = up(&app).args(["--listen", "127.0.0.1:0"]).spawn().expect("the command started");
    let _client = ask(listening(&mut child));
    let _under_way = accept(&upstream);
    let mut log = BufReader::new(child.stderr.take().expect("its log")).lines();
    for line in ["bobbin: stopping", "bobbin: stopping at once"] {
        send_signal(&child, "INT");
        assert_eq!(log.next().expect("a line").expect("text"), line);
    }
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}

#[test]
fn a_port_in_use_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let app = App::serving(&answering(), "");
    let mut command = up(&app);
    command.args(["--listen", &address]);
    let error = failed(command);
    assert!(error.contains(&format!("cannot listen on {address}")) && error.contains("--listen"), "{error}");
}

#[test]
fn servers_need_variables_that_the_manifest_declares() {
    let app = App::serving(&answering(), "").with("servers.json", br#"{"mcpServers": {}}"#);
    let mut command = up(&app);
    command.args(["--listen", "127.0.0.1:0", "--servers", "servers.json"]);
    let error = failed(command);
    assert!(error.contains("the manifest does not declare it in [variables]"), "{error}");
}

#[test]
fn a_component_that_does_not_handle_http_is_refused() {
    let app = App::serving(&crate::app::component(&[], &[]), "");
    let mut command = up(&app);
    command.args(["--listen", "127.0.0.1:0"]);
    let error = failed(command);
    assert!(error.contains("component `served` cannot be served") && error.contains("wasi:http/handler"), "{error}");
}
