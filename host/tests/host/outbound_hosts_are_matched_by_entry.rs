use bobbin::outbound::{AllowedHosts, Permission};

fn allows(entry: &str, uri: &str) -> bool {
    AllowedHosts::parse(&[entry.to_owned()]).expect(entry).permission(&uri.parse().expect(uri)).is_some()
}

#[test]
fn entries_allow_what_they_say() {
    let rows = [
        ("https://*:*", "https://example.com/mcp"),
        ("https://*:*", "https://example.com:8443/"),
        ("https://*", "https://example.com/"),
        ("https://example.com", "https://EXAMPLE.com/"),
        ("https://Example.com", "https://example.com:443/"),
        ("http://localhost:*", "http://localhost:9/"),
        ("http://127.0.0.1:8000..9000", "http://127.0.0.1:8000/"),
        ("http://127.0.0.1:8000..9000", "http://127.0.0.1:8999/"),
        ("https://*.example.com", "https://api.example.com/"),
        ("https://*.example.com", "https://a.b.example.com/"),
        ("http://[::1]:3000", "http://[::1]:3000/"),
        ("http://[::1]", "http://[::1]/"),
        ("*://example.com:*", "http://example.com/"),
        ("*://*:*", "https://anything.example/"),
        ("https://example.com/", "https://example.com/with/a/path"),
    ];
    for (entry, uri) in rows {
        assert!(allows(entry, uri), "{entry} allows {uri}");
    }
}

#[test]
fn entries_allow_nothing_else() {
    let rows = [
        ("https://*:*", "http://example.com/"),
        ("https://*", "https://example.com:8443/"),
        ("https://example.com", "https://example.com.evil.test/"),
        ("https://example.com", "https://api.example.com/"),
        ("https://*.example.com", "https://example.com/"),
        ("https://*.example.com", "https://.example.com/"),
        ("https://*.example.com", "https://evilexample.com/"),
        ("http://localhost:*", "http://127.0.0.1:80/"),
        ("http://localhost:3000", "http://localhost/"),
        ("http://127.0.0.1:8000..9000", "http://127.0.0.1:9000/"),
        ("http://127.0.0.1:8000..9000", "http://127.0.0.1:7999/"),
        ("http://[::1]:3000", "http://[::2]:3000/"),
        ("https://example.com", "https://example.com@evil.test/"),
        ("*://*:*", "/no/authority"),
    ];
    for (entry, uri) in rows {
        assert!(!allows(entry, uri), "{entry} does not allow {uri}");
    }
    let none = AllowedHosts::parse(&[]).expect("no entries");
    assert_eq!(none.permission(&"https://example.com/".parse().expect("a URI")), None);
}

#[test]
fn entries_that_are_not_understood_are_refused() {
    let rows = [
        ("example.com", "write it as `scheme://host:port`"),
        ("https://", "needs a host"),
        ("https://:443", "needs a host"),
        ("*://example.com", "needs a port"),
        ("redis://example.com", "needs a port"),
        ("HTTPS://example.com:443", "lower-case"),
        ("http://self", "not offered by this host"),
        ("http://self.alt:80", "not offered by this host"),
        ("https://10.0.0.0/8", "not understood"),
        ("https://example.com/path", "no path"),
        ("https://{{ host }}", "fills no templates"),
        ("https://*example.com", "`*` stands for"),
        ("https://api.*.com", "`*` stands for"),
        ("https://*.*.com", "`*` stands for"),
        ("https://example.com:port", "the port must be"),
        ("https://example.com:70000", "the port must be"),
        ("https://example.com:1..0", "the port must be"),
        ("http://[::1", "without `]`"),
        ("http://[::1]3000", "between `]` and the port"),
    ];
    for (entry, reason) in rows {
        let error = AllowedHosts::parse(&[entry.to_owned()]).expect_err(entry).to_string();
        assert!(error.contains(entry) && error.contains(reason), "{error}");
    }
}

#[test]
fn an_entry_that_names_the_host_goes_before_a_wildcard() {
    let entries = ["https://*:*", "https://*.example.com", "https://db.example.com"].map(str::to_owned);
    let allowed = AllowedHosts::parse(&entries).expect("entries");
    for (uri, permission) in [
        ("https://db.example.com/", Permission::Named),
        ("https://DB.example.com/", Permission::Named),
        ("https://www.example.com/", Permission::Wildcard),
        ("https://elsewhere.org/", Permission::Wildcard),
    ] {
        assert_eq!(allowed.permission(&uri.parse().expect(uri)), Some(permission), "{uri}");
    }
}
