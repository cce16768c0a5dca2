use crate::app::{App, forwarding, forwarding_header};
use crate::exchange::{accept, ask, has_read_head, status, upstream};
use bobbin::Host;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use upstream_address::PUBLIC_ONLY_HEADER;

/// Positions in the variant `error-code` of `wasi:http/types@0.3.0`, after 500.
const CONNECTION_REFUSED: u16 = 506;
const HTTP_REQUEST_DENIED: u16 = 515;
const DESTINATION_IP_PROHIBITED: u16 = 504;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_another_host_is_denied_and_nothing_is_sent() {
    let (listener, address) = upstream();
    listener.set_nonblocking(true).expect("a listener that does not wait");
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"https://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    assert_eq!(status(host.address()).await, HTTP_REQUEST_DENIED);
    assert!(listener.accept().is_err(), "nobody connects");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_is_told_from_one_that_is_denied() {
    let (listener, address) = upstream();
    drop(listener);
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    assert_eq!(status(host.address()).await, CONNECTION_REFUSED);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_reached_by_name_or_with_permission_only() {
    let declaring = |private: &str, hosts: &str| {
        format!("allowed_outbound_hosts = [{hosts}]\n[variables]\nprivate_upstreams = {{ default = \"{private}\" }}")
    };
    for (private, hosts, expected) in [
        ("", "\"http://*:*\"", DESTINATION_IP_PROHIBITED),
        ("deny", "\"http://*:*\"", DESTINATION_IP_PROHIBITED),
        ("allow", "\"http://*:*\"", CONNECTION_REFUSED),
        ("deny", "\"http://*:*\", \"http://127.0.0.1:*\"", CONNECTION_REFUSED),
    ] {
        let (listener, address) = upstream();
        drop(listener);
        let app = App::serving(&forwarding(&address.to_string()), &declaring(private, hosts));
        let host = Host::builder(app.manifest()).start().await.expect("a host");
        assert_eq!(status(host.address()).await, expected, "{private} {hosts}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_can_have_single_requests_led_to_the_internet_only() {
    for hosts in ["\"http://*:*\"", "\"http://*:*\", \"http://elsewhere.example:*\", \"http://127.0.0.1:*\""] {
        let configuration =
            format!("allowed_outbound_hosts = [{hosts}]\n[variables]\nprivate_upstreams = {{ default = \"allow\" }}");
        for (header, expected) in [("", CONNECTION_REFUSED), (PUBLIC_ONLY_HEADER, DESTINATION_IP_PROHIBITED)] {
            let (listener, address) = upstream();
            drop(listener);
            for authority in [address.to_string(), format!("elsewhere.example:{}", address.port())] {
                let app = App::serving(&forwarding_header(&authority, header), &configuration);
                let host = Host::builder(app.manifest()).resolve("elsewhere.example", [address.ip()]);
                let host = host.start().await.expect("a host");
                assert_eq!(status(host.address()).await, expected, "{hosts} {authority} {header}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_stream() {
    let (listener, address) = upstream();
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).start().await.expect("a host");

    let mut client = ask(host.address());
    let (mut connection, head) = accept(&listener);
    assert!(head.starts_with("GET / HTTP/1.1\r\n") && head.contains(&format!("host: {address}\r\n")), "{head}");
    connection.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n").expect("a first part");
    let mut seen = Vec::new();
    while !seen.ends_with(b"first\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).expect("the first part before the second is sent");
        seen.push(byte[0]);
    }
    connection.write_all(b"6\r\nsecond\r\n0\r\n\r\n").expect("a second part");
    let mut rest = String::new();
    client.read_to_string(&mut rest).expect("the rest of the response");
    assert!(rest.contains("second"), "{rest}");
}

/// A connection is free for the next request a moment after the answer is read, so a single pair of requests may
/// well need two.
#[tokio::test(flavor = "multi_thread")]
async fn requests_share_connections() {
    const REQUESTS: usize = 20;
    let (listener, address) = upstream();
    let connections = Arc::new(AtomicUsize::new(0));
    let opened = connections.clone();
    thread::spawn(move || {
        while let Ok((mut connection, _)) = listener.accept() {
            opened.fetch_add(1, Ordering::Relaxed);
            thread::spawn(move || {
                while has_read_head(&mut connection) {
                    connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").expect("an answer sent");
                }
            });
        }
    });
    let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    for _ in 0..REQUESTS {
        assert_eq!(status(host.address()).await, 204);
    }
    assert!(connections.load(Ordering::Relaxed) < REQUESTS, "no connection was used again");
}
