//! Server-side request forgery, spelling by spelling (OWASP, "Server-Side Request Forgery Prevention").

use http::Uri;
use upstream_address::{AddressError, PrivateUpstreams, check};

/// Hosts that do not lead to the public internet, whatever they look like.
const NOT_PUBLIC: &[&str] = &[
    // Loopback.
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "127.000.000.001",
    "0177.0.0.1",
    "0177.1",
    "0x7f.0.0.1",
    "0x7f.1",
    "0x7F.0X0.0.1",
    "0x7f000001",
    "0X7F000001",
    "2130706433",
    "017700000001",
    "00000177.0.0.1",
    "127.0.0.1.",
    "127.0x.0.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2001:0:0:0:0:0:80ff:fffe]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "anything.localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
    // This host, this network.
    "0.0.0.0",
    "0",
    "0x0",
    "00",
    "0.1",
    "0.0.0.1",
    "[::]",
    "[::ffff:0.0.0.0]",
    // Private networks.
    "10.0.0.1",
    "10.1",
    "0xa.1",
    "012.0.0.1",
    "167772161",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "2886729729",
    "192.168.0.1",
    "192.168.1",
    "0xc0a80001",
    "3232235521",
    "0300.0250.0.1",
    "[::ffff:10.0.0.1]",
    "[::ffff:c0a8:1]",
    "[64:ff9b::10.0.0.1]",
    "[2002:a00:1::]",
    "[2002:c0a8:0001::]",
    "[fc00::1]",
    "[fd12:3456:789a::1]",
    "[fec0::1]",
    "[64:ff9b:1::1]",
    "printer",
    "router.lan",
    "nas.home",
    "db.corp",
    "service.internal",
    "host.docker.internal",
    "kubernetes.default.svc.cluster.local",
    "machine.local",
    "box.home.arpa",
    // Carrier-grade NAT, benchmarking, protocol assignments.
    "100.64.0.1",
    "100.127.255.255",
    "1681915905",
    "[::ffff:100.64.0.1]",
    "198.18.0.1",
    "198.19.255.255",
    "192.0.0.8",
];

/// Link-local addresses and metadata services of clouds.
const METADATA: &[&str] = &[
    "169.254.169.254",
    "169.254.170.2",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.16689662",
    "0xa9.0xfe.0xa9.0xfe",
    "169.254.169.254.",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "metadata.google.internal",
    "metadata",
    "instance-data",
];

/// Hosts that no server can be at.
const UNUSABLE: &[&str] = &[
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "[ff02::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[100::1]",
    "[::127.0.0.1]",
    "[::2]",
    "[4000::1]",
    "[::ffff:224.0.0.1]",
    "[2001:10::1]",
];

/// Hosts that resolvers do not agree on.
const INVALID: &[&str] = &[
    "256.0.0.1",
    "1.2.3.4.5",
    "127.0.0.0x100",
    "4294967296",
    "08.8.8.8",
    "0x7g.0.0.1.1",
    "[::1%25lo]",
    "[::ffff:999.0.0.1]",
    "1..1",
    ".127.0.0.1",
    "a..b.example.com",
];

const PUBLIC: &[&str] = &[
    "example.com",
    "EXAMPLE.com.",
    "mcp.example.co.uk",
    "xn--bcher-kva.example.org",
    "8.8.8.8",
    "0x08080808",
    "134744072",
    "1.1.1.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "169.253.0.1",
    "11.0.0.1",
    "[2606:4700:4700::1111]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::8.8.8.8]",
    "[2002:808:808::]",
    "localhost.example.com",
    "internal.example.com",
    "my-internal.example.com",
    "1.example.com",
];

fn checked(scheme: &str, host: &str, private: PrivateUpstreams) -> Option<Result<(), AddressError>> {
    let url: Uri = format!("{scheme}://{host}:8443/mcp").parse().ok()?;
    Some(check(&url, private))
}

#[test]
fn there_are_enough_spellings() {
    assert!(NOT_PUBLIC.len() + METADATA.len() >= 80, "{} and {}", NOT_PUBLIC.len(), METADATA.len());
}

#[test]
fn what_is_not_public_is_refused() {
    for host in NOT_PUBLIC {
        let refused = checked("https", host, PrivateUpstreams::Deny);
        assert!(matches!(refused, Some(Err(AddressError::NotPublic(_)))), "{host}: {refused:?}");
        let allowed = checked("https", host, PrivateUpstreams::Allow);
        assert_eq!(allowed, Some(Ok(())), "{host}");
    }
}

#[test]
fn what_no_server_can_have_is_refused_whatever_is_allowed() {
    for host in UNUSABLE.iter().chain(METADATA) {
        for private in [PrivateUpstreams::Deny, PrivateUpstreams::Allow] {
            let refused = checked("https", host, private);
            assert!(matches!(refused, Some(Err(AddressError::Unusable(_)))), "{host}: {refused:?}");
        }
    }
}

#[test]
fn what_resolvers_read_differently_is_refused() {
    for host in INVALID {
        // Some of them are no URL to begin with.
        let refused = checked("https", host, PrivateUpstreams::Allow);
        assert!(matches!(refused, None | Some(Err(AddressError::Host(_)))), "{host}: {refused:?}");
    }
    for host in ["ex%61mple.com", "127.0.0.1%00.example.com", "ⓛocalhost", "１２７.0.0.1", "a b.example.com"] {
        let refused = checked("https", host, PrivateUpstreams::Allow);
        assert!(matches!(refused, None | Some(Err(_))), "{host}: {refused:?}");
    }
}

#[test]
fn public_servers_are_allowed_with_https_only() {
    for host in PUBLIC {
        assert_eq!(checked("https", host, PrivateUpstreams::Deny), Some(Ok(())), "{host}");
        for private in [PrivateUpstreams::Deny, PrivateUpstreams::Allow] {
            assert_eq!(checked("http", host, private), Some(Err(AddressError::NotEncrypted)), "{host}");
        }
    }
}

#[test]
fn http_is_for_loopback() {
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        assert_eq!(checked("http", host, PrivateUpstreams::Allow), Some(Ok(())), "{host}");
    }
    for host in ["10.0.0.1", "printer.lan"] {
        assert_eq!(checked("http", host, PrivateUpstreams::Allow), Some(Err(AddressError::NotEncrypted)), "{host}");
    }
}

#[test]
fn urls_carry_no_credentials_and_have_a_scheme() {
    for (url, error) in [
        ("https://user:secret@example.com/mcp", AddressError::Credentials),
        ("https://example.com@127.0.0.1/mcp", AddressError::Credentials),
        ("ftp://example.com/mcp", AddressError::Scheme("ftp".to_string())),
        ("https://example.com:port/mcp", AddressError::Port),
        ("https://example.com:0/mcp", AddressError::Port),
        ("https://example.com:/mcp", AddressError::Port),
        ("/mcp", AddressError::NotAbsolute),
        ("example.com", AddressError::NotAbsolute),
    ] {
        let parsed: Uri = url.parse().expect("a URI");
        assert_eq!(check(&parsed, PrivateUpstreams::Allow), Err(error), "{url}");
    }
}
