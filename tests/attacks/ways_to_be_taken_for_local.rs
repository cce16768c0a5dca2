//! A gateway without an admin key serves its own machine. Others say that they are that: by spellings of `Host` and of the
//! target, through proxies, and by browsers that they let ask.

use tests::gateway::Gateway;
use tests::http::send_bytes;
use tests::upstream::{Canned, CannedTool, servers};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// It is answered.
    Open,
    /// It is refused, in a way that names no rule: by the host, or by the gateway.
    Shut,
    /// 403: somebody else asks.
    Forbidden,
    /// 400: it says two things.
    Malformed,
}

use Door::{Forbidden, Malformed, Open, Shut};

/// The value of `Host` alone. `PORT` is where the gateway listens.
const HOSTS: [(&str, Door); 74] = [
    ("127.0.0.1:PORT", Open),
    ("127.0.0.1", Open),
    ("127.1.2.3:1", Open),
    ("localhost:PORT", Open),
    ("LocalHost:PORT", Open),
    ("localhost.:PORT", Open),
    ("[::1]:PORT", Open),
    ("[0:0:0:0:0:0:0:1]", Open),
    ("", Shut),
    ("evil.example", Forbidden),
    ("evil.example:PORT", Forbidden),
    ("bobbin", Forbidden),
    ("bobbin.local", Forbidden),
    ("localhost.evil.example", Forbidden),
    ("localhost.evil.example:PORT", Forbidden),
    ("evil.localhost", Forbidden),
    ("localhost.localdomain", Forbidden),
    ("ip6-localhost", Forbidden),
    ("localhost6", Forbidden),
    ("localhost..", Shut),
    (".localhost", Shut),
    ("localhost:evil", Shut),
    ("localhost:PORT:PORT", Shut),
    ("localhost:99999", Shut),
    ("localhost:-1", Shut),
    ("localhost/", Shut),
    ("localhost/evil", Shut),
    ("localhost?evil", Shut),
    ("localhost#evil", Shut),
    ("localhost\\evil", Shut),
    ("localhost evil.example", Shut),
    ("localhost\tevil.example", Shut),
    ("localhost,evil.example", Shut),
    ("localhost, evil.example", Shut),
    ("evil.example,localhost", Shut),
    ("localhost@evil.example", Shut),
    ("evil.example@localhost", Shut),
    ("user:pass@127.0.0.1:PORT", Shut),
    ("http://localhost", Shut),
    ("//localhost", Shut),
    ("localhost%00.evil.example", Shut),
    ("localhost%2eevil.example", Shut),
    ("%6cocalhost", Shut),
    ("l\u{f6}calhost", Shut),
    ("\u{ff4c}ocalhost", Shut),
    ("xn--lcalhost-55a", Forbidden),
    ("xn--n3h.localhost", Forbidden),
    ("localtest.me", Forbidden),
    ("127.0.0.1.nip.io", Forbidden),
    ("127.0.0.1.evil.example", Forbidden),
    ("127.1", Forbidden),
    ("127.0.1", Forbidden),
    ("127.0.0.0x1", Forbidden),
    ("2130706433", Forbidden),
    ("0x7f.0.0.1", Forbidden),
    ("0x7f000001", Forbidden),
    ("0177.0.0.1", Forbidden),
    ("017700000001", Forbidden),
    ("127.0.0.01", Forbidden),
    ("0.0.0.0:PORT", Forbidden),
    ("0", Forbidden),
    ("10.0.0.1:PORT", Forbidden),
    ("192.168.1.2:PORT", Forbidden),
    ("169.254.169.254", Forbidden),
    ("::1", Shut),
    ("::1:PORT", Shut),
    ("[::1", Shut),
    ("[::1]evil.example", Shut),
    ("[::1%25lo]:PORT", Shut),
    ("[::1%lo]:PORT", Shut),
    ("[::2]:PORT", Forbidden),
    ("[::ffff:127.0.0.1]:PORT", Forbidden),
    ("[::ffff:7f00:1]:PORT", Forbidden),
    ("[127.0.0.1]:PORT", Shut),
];

/// Headers beside `Host: 127.0.0.1:PORT`.
const HEADERS: [(&[(&str, &str)], Door); 89] = [
    (&[], Open),
    (&[("user-agent", "curl/8")], Open),
    (&[("x-request-id", "1")], Open),
    (&[("x-client-id", "1")], Open),
    (&[("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")], Open),
    // Two of a kind.
    (&[("host", "127.0.0.1:PORT")], Malformed),
    (&[("host", "evil.example")], Malformed),
    (&[("Host", "evil.example")], Malformed),
    (&[("hOsT", "")], Malformed),
    (&[("origin", "http://localhost"), ("origin", "http://localhost")], Malformed),
    (&[("origin", "http://localhost"), ("Origin", "http://evil.example")], Malformed),
    (&[("origin", "http://evil.example"), ("origin", "http://localhost")], Malformed),
    (&[("authorization", "Bearer a"), ("authorization", "Bearer b")], Malformed),
    // Proxies.
    (&[("forwarded", "for=127.0.0.1")], Forbidden),
    (&[("Forwarded", "")], Forbidden),
    (&[("via", "1.1 proxy")], Forbidden),
    (&[("x-forwarded-for", "127.0.0.1")], Forbidden),
    (&[("X-Forwarded-For", "")], Forbidden),
    (&[("X-FORWARDED-HOST", "localhost")], Forbidden),
    (&[("x-forwarded", "for=127.0.0.1")], Forbidden),
    (&[("x-forwarded-proto", "https")], Forbidden),
    (&[("x-forwarded-port", "443")], Forbidden),
    (&[("x-forwarded-server", "proxy")], Forbidden),
    (&[("x-forwarded-prefix", "/")], Forbidden),
    (&[("x-forwarded-by", "proxy")], Forbidden),
    (&[("x-forwarded-ssl", "on")], Forbidden),
    (&[("x-forwarded-uri", "/")], Forbidden),
    (&[("x-forwarded-scheme", "https")], Forbidden),
    (&[("x-forwarded-client-cert", "By=x")], Forbidden),
    (&[("x-forwarded-user", "ann")], Forbidden),
    (&[("x-forwarded-anything", "1")], Forbidden),
    (&[("x-real-ip", "127.0.0.1")], Forbidden),
    (&[("x-real-port", "1")], Forbidden),
    (&[("x-client-ip", "127.0.0.1")], Forbidden),
    (&[("client-ip", "127.0.0.1")], Forbidden),
    (&[("true-client-ip", "127.0.0.1")], Forbidden),
    (&[("x-cluster-client-ip", "127.0.0.1")], Forbidden),
    (&[("cf-connecting-ip", "127.0.0.1")], Forbidden),
    (&[("CF-Connecting-IPv6", "::1")], Forbidden),
    (&[("cf-ray", "1")], Forbidden),
    (&[("cf-visitor", "{}")], Forbidden),
    (&[("cf-ipcountry", "XX")], Forbidden),
    (&[("cdn-loop", "cloudflare")], Forbidden),
    (&[("fastly-client-ip", "127.0.0.1")], Forbidden),
    (&[("fastly-ff", "1")], Forbidden),
    (&[("fly-client-ip", "127.0.0.1")], Forbidden),
    (&[("fly-forwarded-port", "443")], Forbidden),
    (&[("x-envoy-external-address", "127.0.0.1")], Forbidden),
    (&[("x-envoy-internal", "true")], Forbidden),
    (&[("x-envoy-original-path", "/mcp")], Forbidden),
    (&[("x-envoy-anything", "1")], Forbidden),
    (&[("x-original-host", "localhost")], Forbidden),
    (&[("x-original-url", "/mcp")], Forbidden),
    (&[("x-original-forwarded-for", "127.0.0.1")], Forbidden),
    (&[("x-original-remote-addr", "127.0.0.1")], Forbidden),
    (&[("x-rewrite-url", "/mcp")], Forbidden),
    (&[("x-host", "localhost")], Forbidden),
    (&[("x-http-host-override", "localhost")], Forbidden),
    (&[("x-remote-ip", "127.0.0.1")], Forbidden),
    (&[("x-remote-addr", "127.0.0.1")], Forbidden),
    (&[("x-proxyuser-ip", "127.0.0.1")], Forbidden),
    (&[("proxy-client-ip", "127.0.0.1")], Forbidden),
    (&[("wl-proxy-client-ip", "127.0.0.1")], Forbidden),
    (&[("x-azure-clientip", "127.0.0.1")], Forbidden),
    (&[("x-azure-socketip", "127.0.0.1")], Forbidden),
    (&[("x-arr-ssl", "1")], Forbidden),
    (&[("x-appengine-user-ip", "127.0.0.1")], Forbidden),
    (&[("x-vercel-id", "1")], Forbidden),
    (&[("cloudfront-viewer-address", "127.0.0.1:1")], Forbidden),
    (&[("x-amz-cf-id", "1")], Forbidden),
    (&[("do-connecting-ip", "127.0.0.1")], Forbidden),
    (&[("x-nf-client-connection-ip", "127.0.0.1")], Forbidden),
    (&[("incap-client-ip", "127.0.0.1")], Forbidden),
    (&[("tailscale-user-login", "ann@example.com")], Forbidden),
    (&[("x-goog-iap-jwt-assertion", "e30")], Forbidden),
    (&[("front-end-https", "on")], Forbidden),
    // Browsers.
    (&[("sec-fetch-site", "none")], Open),
    (&[("sec-fetch-site", "same-origin")], Open),
    (&[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:5173")], Open),
    (&[("sec-fetch-site", "cross-site")], Forbidden),
    (&[("Sec-Fetch-Site", "Cross-Site")], Forbidden),
    (&[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:5173")], Forbidden),
    (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], Forbidden),
    (&[("sec-fetch-site", "none, cross-site")], Forbidden),
    (&[("sec-fetch-site", "anything")], Forbidden),
    (&[("sec-fetch-site", ""), ("sec-fetch-mode", "no-cors")], Forbidden),
    (&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")], Forbidden),
    (&[("sec-fetch-site", "cross-site"), ("x-http-method-override", "GET")], Forbidden),
    (&[("x-http-method-override", "GET"), ("x-forwarded-for", "127.0.0.1")], Forbidden),
];

/// The value of `Origin` alone.
const ORIGINS: [(&str, Door); 32] = [
    ("http://localhost:5173", Open),
    ("http://127.0.0.1", Open),
    ("https://[::1]:8443", Open),
    ("HTTP://LOCALHOST", Open),
    ("http://127.0.0.1:PORT", Open),
    ("null", Forbidden),
    ("", Forbidden),
    ("*", Forbidden),
    ("localhost", Forbidden),
    ("//localhost", Forbidden),
    ("http:localhost", Forbidden),
    ("http://", Forbidden),
    ("http://evil.example", Forbidden),
    ("https://evil.example:PORT", Forbidden),
    ("http://localhost.evil.example", Forbidden),
    ("http://evil.example/localhost", Forbidden),
    ("http://evil.example#localhost", Forbidden),
    ("http://evil.example?localhost", Forbidden),
    ("http://localhost@evil.example", Forbidden),
    ("http://evil.example@localhost", Forbidden),
    ("http://localhost/", Forbidden),
    ("http://localhost, http://evil.example", Forbidden),
    ("http://evil.example http://localhost", Forbidden),
    ("http://127.0.0.1.evil.example", Forbidden),
    ("http://127.1", Forbidden),
    ("http://2130706433", Forbidden),
    ("http://[::ffff:127.0.0.1]", Forbidden),
    ("http://192.168.1.2:3000", Forbidden),
    ("file://localhost", Forbidden),
    ("chrome-extension://localhost", Forbidden),
    ("ftp://localhost", Forbidden),
    ("http://l\u{f6}calhost", Forbidden),
];

/// Targets that name a host, beside `Host: 127.0.0.1:PORT`, or another one.
const TARGETS: [(&str, &str, Door); 12] = [
    ("http://127.0.0.1:PORTPATH", "127.0.0.1:PORT", Open),
    ("http://evil.examplePATH", "127.0.0.1:PORT", Malformed),
    ("http://127.0.0.1:PORTPATH", "evil.example", Malformed),
    ("http://127.0.0.1PATH", "127.0.0.1:PORT", Malformed),
    ("https://evil.examplePATH", "127.0.0.1:PORT", Malformed),
    ("http://evil.examplePATH", "evil.example", Forbidden),
    ("HTTP://EVIL.EXAMPLEPATH", "evil.example", Forbidden),
    ("http://localhost@evil.examplePATH", "localhost", Shut),
    ("http://localhost@evil.examplePATH", "localhost@evil.example", Shut),
    ("http://127.0.0.1:PORT@evil.examplePATH", "127.0.0.1:PORT", Shut),
    ("//evil.examplePATH", "evil.example", Shut),
    ("evil.examplePATH", "127.0.0.1:PORT", Shut),
];

/// What an attacker could be after: method, path and body.
const PATHS: [(&str, &str, &str); 4] = [
    ("POST", "/mcp", r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#),
    ("POST", "/mcp?mode=direct", r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#),
    ("POST", "/mcp/box", r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#),
    ("GET", "/api/v1/servers", ""),
];

struct Attacked {
    gateway: Gateway,
    _box: Canned,
}

impl Attacked {
    async fn start(variables: &[(&str, &str)]) -> Self {
        let canned = Canned::start([CannedTool::text("lever", "pulled")]).await;
        let servers = servers([("box", canned.url())]);
        let gateway = Gateway::start_with(&[&[("servers", servers.as_str())], variables].concat()).await;
        Self { gateway, _box: canned }
    }

    /// What becomes of a request to each of the paths; `target` has `PATH` in it.
    async fn try_door(&self, target: &str, headers: &[(&str, &str)], expected: Door) {
        let port = self.gateway.address().port().to_string();
        for (method, path, body) in PATHS {
            let target = target.replace("PORT", &port).replace("PATH", path);
            let mut head = format!("{method} {target} HTTP/1.1\r\n");
            for (name, value) in headers {
                head += &format!("{name}: {}\r\n", value.replace("PORT", &port));
            }
            head += &format!(
                "content-type: application/json\r\naccept: application/json, text/event-stream\r\n\
                content-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let answer =
                send_bytes(self.gateway.address(), (head.clone() + body).into_bytes()).await.expect("an answer");
            assert_eq!(met(&answer, expected), expected, "{head}{answer}");
            // Nothing of what is behind the door shows, whatever the status.
            let shows = ["lever", "execute_code", "\"alias\""].iter().any(|word| answer.contains(word));
            assert_eq!(shows, expected == Open, "{head}{answer}");
        }
    }
}

/// What an answer means; whoever is shut out may get any of the three.
fn met(answer: &str, expected: Door) -> Door {
    match answer.split(' ').nth(1) {
        Some("200") => Open,
        Some("400" | "403" | "404") if expected == Shut => Shut,
        Some("400") => Malformed,
        Some("403") => Forbidden,
        _ => panic!("an answer of another kind: {answer}"),
    }
}

#[test]
fn by_the_name_of_the_host() {
    tests::run(async {
        let attacked = Attacked::start(&[]).await;
        for (host, expected) in HOSTS {
            attacked.try_door("PATH", &[("host", host)], expected).await;
        }
        attacked.try_door("PATH", &[], Shut).await;
    });
}

#[test]
fn by_headers_of_proxies_and_browsers() {
    tests::run(async {
        let attacked = Attacked::start(&[]).await;
        for (headers, expected) in HEADERS {
            attacked.try_door("PATH", &[&[("host", "127.0.0.1:PORT")], headers].concat(), expected).await;
        }
    });
}

#[test]
fn by_the_origin_of_a_page() {
    tests::run(async {
        let attacked = Attacked::start(&[]).await;
        for (origin, expected) in ORIGINS {
            attacked.try_door("PATH", &[("host", "127.0.0.1:PORT"), ("origin", origin)], expected).await;
        }
    });
}

#[test]
fn by_a_target_that_names_a_host() {
    tests::run(async {
        let attacked = Attacked::start(&[]).await;
        for (target, host, expected) in TARGETS {
            attacked.try_door(target, &[("host", host)], expected).await;
        }
    });
}

#[test]
fn a_key_that_nobody_has_opens_no_door() {
    tests::run(async {
        let attacked = Attacked::start(&[]).await;
        for key in ["Bearer ", "Bearer null", "Bearer undefined", "Bearer  ", "Basic Og==", "Bearer operator"] {
            let headers = [("host", "evil.example"), ("authorization", key)];
            attacked.try_door("PATH", &headers, Forbidden).await;
        }
    });
}

#[test]
fn with_an_admin_key_it_is_the_key_that_counts() {
    tests::run(async {
        let attacked = Attacked::start(&[("admin_key", "open-sesame")]).await;
        let key = ("authorization", "Bearer open-sesame");
        for host in ["evil.example", "bobbin.example:443", "127.0.0.1:PORT"] {
            for header in [("x-forwarded-for", "203.0.113.7"), ("via", "1.1 proxy"), ("sec-fetch-site", "cross-site")] {
                attacked.try_door("PATH", &[("host", host), key, header], Open).await;
            }
            attacked.try_door("PATH", &[("host", host), ("host", host), key], Malformed).await;
            attacked.try_door("PATH", &[("host", host), key, key], Malformed).await;
            attacked.try_door("PATH", &[("host", host), key, ("origin", "https://other.example")], Forbidden).await;
        }
    });
}

#[test]
fn a_method_is_what_the_request_line_says() {
    tests::run(async {
        let attacked = Attacked::start(&[]).await;
        let api = attacked.gateway.api();
        for header in ["x-http-method-override", "x-http-method", "x-method-override", "_method"] {
            for method in ["DELETE", "PUT", "POST", "PATCH"] {
                let body = serde_json::json!({"alias": "planted", "url": "https://evil.example/mcp"});
                let body = if method == "DELETE" { serde_json::Value::Null } else { body };
                api.send("GET", "/servers", &[(header, method)], body).await;
                api.send(
                    "GET",
                    &format!("/servers/box?_method={method}"),
                    &[(header, method)],
                    serde_json::Value::Null,
                )
                .await;
            }
        }
        let servers = api.get("/servers").await;
        let aliases: Vec<_> = servers["items"].as_array().expect("a list").iter().map(|one| &one["alias"]).collect();
        assert_eq!(aliases, ["box"]);
    });
}
