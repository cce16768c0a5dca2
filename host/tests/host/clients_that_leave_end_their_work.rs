use crate::app::{App, forwarding};
use crate::exchange::{accept, ask, upstream};
use bobbin::Host;
use std::io::Read;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn the_requests_of_its_component_are_aborted() {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let client = ask(host.address());
    let (mut stream, _) = accept(&listener);

    drop(client);
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    let read = stream.read(&mut [0]);
    assert!(matches!(read, Ok(0)), "the upstream's connection is closed: {read:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_requests_of_the_same_instance_go_on() {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let leaving = ask(host.address());
    let _leaving_upstream = accept(&listener);
    let staying = ask(host.address());
    let (mut staying_upstream, _) = accept(&listener);

    drop(leaving);
    tokio::time::sleep(Duration::from_millis(500)).await;
    std::io::Write::write_all(&mut staying_upstream, b"HTTP/1.1 203 OK\r\nContent-Length: 0\r\n\r\n")
        .expect("an answer");
    assert_eq!(crate::exchange::answer(staying).0, 203);
}
