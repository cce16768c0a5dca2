use crate::app::{App, answering};
use crate::command::{Running, bobbin, listening, up};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

fn health(address: SocketAddr) -> (Option<i32>, String) {
    let address = address.to_string();
    let output = bobbin(Path::new(".")).args(["health", "--address", &address]).output().expect("the command run");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

#[test]
fn one_that_answers_with_200_is_healthy_and_no_other() {
    let app = App::serving(&answering(), "");
    let mut running = Running(up(&app).args(["--listen", "127.0.0.1:0"]).spawn().expect("the command started"));
    let address = listening(&mut running.0);
    assert_eq!(health(address), (Some(0), String::new()));
    // The fixture answers its second request with 201.
    let (code, error) = health(address);
    assert!(code == Some(1) && error.contains("healthz answers \"HTTP/1.1 201"), "{error}");
}

#[test]
fn one_that_does_not_answer_is_not() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address");
    let (code, error) = health(address);
    assert!(code == Some(1) && error.contains("no answer from"), "{error}");
    drop(silent);
    let (code, error) = health(address);
    assert!(code == Some(1) && error.contains("no answer from"), "{error}");
}
