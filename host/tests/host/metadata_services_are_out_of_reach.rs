//! Link-local addresses and the metadata services of clouds, whatever leads to them and whatever is allowed.

use crate::app::{App, forwarding};
use crate::exchange::{accept, answer, ask, status, upstream};
use bobbin::Host;
use bobbin::outbound::{Networks, Prohibited};
use std::io::Write;
use std::net::{IpAddr, SocketAddr};

/// Positions in the variant `error-code` of `wasi:http/types@0.3.0`, after 500.
const DESTINATION_IP_PROHIBITED: u16 = 504;

const METADATA: [&str; 10] = [
    "169.254.169.254",
    "169.254.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
];

/// What a manifest allows: everything, or the host itself.
fn allowing(host: &str) -> [String; 2] {
    let rest = "[variables]\nprivate_upstreams = { default = \"allow\" }";
    ["*", host].map(|allowed| format!("allowed_outbound_hosts = [\"http://{allowed}:*\"]\n{rest}"))
}

fn address(text: &str) -> IpAddr {
    text.trim_matches(['[', ']']).parse().expect(text)
}

fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
    texts.iter().map(|text| SocketAddr::new(address(text), 80)).collect()
}

#[test]
fn addresses_of_a_name_are_admitted_by_network() {
    let mixed = addresses(&["10.0.0.1", "93.184.216.34", "169.254.169.254", "[::1]", "[2606:4700::1111]", "[fe80::1]"]);
    assert_eq!(Networks::Public.admitted(mixed.clone()), Ok(addresses(&["93.184.216.34", "[2606:4700::1111]"])));
    let usual = addresses(&["10.0.0.1", "93.184.216.34", "[::1]", "[2606:4700::1111]"]);
    assert_eq!(Networks::All.admitted(mixed), Ok(usual));
    for networks in [Networks::All, Networks::Public] {
        for metadata in METADATA {
            assert_eq!(networks.admitted(addresses(&[metadata])), Err(Prohibited), "{metadata}");
        }
        assert_eq!(networks.admitted(addresses(&["255.255.255.255"])), Err(Prohibited));
        assert_eq!(networks.admitted(Vec::new()), Ok(Vec::new()), "a name without addresses is another error");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_their_address() {
    let spellings = ["169.254.169.254", "169.254.43518", "0xa9fea9fe", "[fe80::1]", "[::ffff:a9fe:a9fe]", "metadata"];
    for host in spellings {
        for configuration in allowing(host) {
            let app = App::serving(&forwarding(host), &configuration);
            let host = Host::builder(app.manifest()).start().await.expect("a host");
            assert_eq!(status(host.address()).await, DESTINATION_IP_PROHIBITED, "{configuration}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_a_name_that_resolves_to_them() {
    for configuration in allowing("elsewhere.example") {
        let app = App::serving(&forwarding("elsewhere.example"), &configuration);
        let host = Host::builder(app.manifest()).resolve("elsewhere.example", METADATA.map(address));
        let host = host.start().await.expect("a host");
        assert_eq!(status(host.address()).await, DESTINATION_IP_PROHIBITED, "{configuration}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn and_what_else_the_name_resolves_to_is_reached() {
    let (listener, upstream) = upstream();
    let authority = format!("elsewhere.example:{}", upstream.port());
    let [everything, _] = allowing("elsewhere.example");
    let app = App::serving(&forwarding(&authority), &everything);
    let both = METADATA.map(address).into_iter().chain([upstream.ip()]);
    let host = Host::builder(app.manifest()).resolve("elsewhere.example", both).start().await.expect("a host");
    let client = ask(host.address());
    let (mut connection, head) = accept(&listener);
    assert!(head.contains(&format!("host: {authority}\r\n")), "{head}");
    connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").expect("an answer sent");
    assert_eq!(answer(client).0, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_private_addresses_need_permission() {
    let (_listener, upstream) = upstream();
    let configuration =
        "allowed_outbound_hosts = [\"http://*:*\"]\n[variables]\nprivate_upstreams = { default = \"\" }";
    let app = App::serving(&forwarding(&format!("elsewhere.example:{}", upstream.port())), configuration);
    let host =
        Host::builder(app.manifest()).resolve("elsewhere.example", [upstream.ip()]).start().await.expect("a host");
    assert_eq!(status(host.address()).await, DESTINATION_IP_PROHIBITED);
}
