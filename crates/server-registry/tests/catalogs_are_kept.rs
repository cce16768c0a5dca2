mod support;

use scripted_upstream::{Answer, Received, servers};
use serde_json::json;
use server_registry::{CurrentCatalog, FailureKind, Wanted};
use std::{cell::Cell, rc::Rc};
use support::{MemoryHost, legacy};

const MINUTE_MS: u64 = 60_000;

fn ok(names: &[&str]) -> Result<Vec<String>, server_registry::Failure> {
    Ok(names.iter().map(|name| (*name).to_string()).collect())
}

fn lists(upstream: &scripted_upstream::Upstream) -> usize {
    upstream.methods().iter().filter(|method| *method == "tools/list").count()
}

/// A legacy server whose tools change with a number, and which fails when it is zero.
fn changing(host: &MemoryHost) -> (scripted_upstream::Upstream, Rc<Cell<usize>>) {
    let tools = Rc::new(Cell::new(1));
    let now = tools.clone();
    let upstream = host.serve("x", move |received: &Received| match (received.method(), now.get()) {
        ("tools/list", 0) => Answer::status(500),
        ("tools/list", count) => servers::tools(received, &["a", "b", "c"][..count]),
        ("tools/call", _) => {
            let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
            Answer::events(&[changed, received.result(servers::text_result("done"))])
        }
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    (upstream, tools)
}

#[test]
fn for_five_minutes_in_an_instance() {
    let host = MemoryHost::default();
    let (upstream, tools) = changing(&host);
    host.configure(&["x"]);
    let registry = host.registry();
    assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a"])]);
    tools.set(2);
    host.clock.advance(5 * MINUTE_MS - 1_000);
    assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a"])]);
    assert_eq!(lists(&upstream), 1);
    host.clock.advance(2_000);
    assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a"])], "the old list, while a newer one is fetched");
    host.run(registry.refresh_due());
    assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a", "b"])]);
    tools.set(3);
    host.clock.advance(66 * MINUTE_MS);
    assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a", "b", "c"])], "a list that is too old is not waited with");
}

#[test]
fn for_the_next_instance_together_with_the_connection() {
    let host = MemoryHost::default();
    let (upstream, _) = changing(&host);
    host.configure(&["x"]);
    host.catalogs(&host.registry(), &["x"])[0].as_ref().expect("a list");
    let before = upstream.methods().len();

    let next = host.registry();
    assert_eq!(host.catalogs(&next, &["x"]), [ok(&["a"])]);
    host.call(&next, "x", "a", "{}").expect("a result");
    assert_eq!(upstream.methods()[before..], ["tools/call"], "neither a list nor a handshake");
    assert_eq!(upstream.received().pop().expect("a call").header("mcp-session-id"), servers::SESSION);
    assert_eq!(host.store.borrow().keys().collect::<Vec<_>>(), ["catalog/x", "connection/x"]);
}

#[test]
fn as_long_as_a_modern_server_says() {
    for (ttl_ms, kept_ms) in [(60_000_u64, 60_000), (0, 10_000), (1 << 40, 60 * MINUTE_MS)] {
        let host = MemoryHost::default();
        let upstream = host.serve("x", move |received| {
            let page = json!({"tools": [], "ttlMs": ttl_ms, "cacheScope": "public"});
            servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(page)))
        });
        host.configure(&["x"]);
        let registry = host.registry();
        for (advance_ms, expected) in [(0, 1), (kept_ms - 1, 1), (2, 2)] {
            host.clock.advance(advance_ms);
            host.catalogs(&registry, &["x"])[0].as_ref().expect("a list");
            host.run(registry.refresh_due());
            assert_eq!(lists(&upstream), expected, "ttlMs {ttl_ms}, {advance_ms} ms later");
        }
    }
}

#[test]
fn until_the_server_announces_others() {
    let host = MemoryHost::default();
    let (_, tools) = changing(&host);
    host.configure(&["x"]);
    let registry = host.registry();
    assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a"])]);
    tools.set(3);
    host.call(&registry, "x", "a", "{}").expect("a result");
    assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a", "b", "c"])]);
}

#[test]
fn until_a_call_is_refused_for_its_parameters() {
    let host = MemoryHost::default();
    let tools = Rc::new(Cell::new(1));
    let now = tools.clone();
    let upstream = host.serve("x", move |received: &Received| match received.method() {
        "tools/list" => servers::tools(received, &["a", "b"][..now.get()]),
        "tools/call" => Answer::json(200, &received.error(-32_602, "Unknown tool")),
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    host.configure(&["x"]);
    let registry = host.registry();
    assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a"])]);
    tools.set(2);
    for (advance_ms, expected, asked) in [(0, &["a"][..], 1), (10_000, &["a", "b"], 2), (0, &["a", "b"], 2)] {
        host.clock.advance(advance_ms);
        host.call(&registry, "x", "a", "{}").expect_err("refused");
        assert_eq!((host.catalogs(&registry, &["x"]), lists(&upstream)), (vec![ok(expected)], asked));
    }
}

#[test]
fn longer_when_the_server_fails() {
    let host = MemoryHost::default();
    let (_, tools) = changing(&host);
    host.configure(&["x"]);
    host.catalogs(&host.registry(), &["x"])[0].as_ref().expect("a list");
    tools.set(0);
    for minutes in [10, 60] {
        host.clock.advance(minutes * MINUTE_MS);
        let registry = host.registry();
        assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a"])], "an older list is better than none");
        host.run(registry.refresh_due());
        let access = host.open(&registry).expect("a configuration");
        let wanted = vec![Wanted { alias: "x".to_string(), known_revisions: Vec::new() }];
        assert!(host.run(access.load_catalogs(wanted))[0].is_stale, "it is marked");
    }
    let registry = host.registry();
    tools.set(2);
    host.clock.advance(3_000);
    host.catalogs(&registry, &["x"])[0].as_ref().expect("a list");
    host.run(registry.refresh_due());
    assert_eq!(host.catalogs(&registry, &["x"]), [ok(&["a", "b"])]);
}

#[test]
fn and_not_sent_to_those_who_have_them() {
    let host = MemoryHost::default();
    let (_, tools) = changing(&host);
    host.configure(&["x"]);
    let registry = host.registry();
    let ask = |revisions: &[&str]| {
        let known_revisions = revisions.iter().map(ToString::to_string).collect();
        let wanted = Wanted { alias: "x".to_string(), known_revisions };
        let access = host.open(&registry).expect("a configuration");
        host.run(access.load_catalogs(vec![wanted])).remove(0).catalog.expect("it answers")
    };
    let other = |answer| match answer {
        CurrentCatalog::Other(catalog) => catalog.revision.clone(),
        CurrentCatalog::Known(revision) => panic!("{revision} is not known"),
    };
    let is_known = |answer, expected: &str| matches!(answer, CurrentCatalog::Known(revision) if revision == expected);
    let first = other(ask(&[]));
    assert!(is_known(ask(&[&first]), &first));
    assert!(is_known(ask(&["another", &first, "third"]), &first));
    assert_eq!(other(ask(&["another"])), first);
    tools.set(2);
    host.clock.advance(66 * MINUTE_MS);
    let second = other(ask(&[&first]));
    assert_ne!(first, second);
    assert!(is_known(ask(&[&first, &second]), &second));
}

#[test]
fn but_a_record_that_is_damaged_or_of_another_form_is_ignored() {
    for damage in [
        |_: &[u8]| b"{".to_vec(),
        |_: &[u8]| Vec::new(),
        |record: &[u8]| String::from_utf8_lossy(record).replace("\"version\":1", "\"version\":2").into_bytes(),
        |record: &[u8]| {
            String::from_utf8_lossy(record)
                .replace("2025-11-25", "1999-01-01")
                .replace("\"tools\":", "\"t\":")
                .into_bytes()
        },
    ] {
        let host = MemoryHost::default();
        let (upstream, _) = changing(&host);
        host.configure(&["x"]);
        host.catalogs(&host.registry(), &["x"])[0].as_ref().expect("a list");
        host.store.borrow_mut().values_mut().for_each(|record| *record = damage(record));
        assert_eq!(host.catalogs(&host.registry(), &["x"]), [ok(&["a"])]);
        assert_eq!(upstream.methods().iter().filter(|method| *method == "initialize").count(), 2);
    }
}

#[test]
fn and_one_that_is_too_large_for_the_store_stays_in_memory() {
    let host = MemoryHost::default();
    let upstream = host.serve("x", |received| {
        let tool =
            |index: usize| json!({"name": index.to_string(), "description": "x".repeat(10_000), "inputSchema": {}});
        let tools: Vec<_> = (0..101).map(tool).collect();
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(json!({"tools": tools}))))
    });
    host.configure(&["x"]);
    let registry = host.registry();
    for _ in 0..2 {
        assert_eq!(host.catalogs(&registry, &["x"])[0].as_ref().map(Vec::len), Ok(101));
    }
    assert_eq!(lists(&upstream), 1);
    assert_eq!(host.store.borrow().keys().collect::<Vec<_>>(), ["connection/x"]);
}

#[test]
fn the_same_server_asked_twice_at_once_is_asked_once() {
    let host = MemoryHost::default();
    let upstream = host.serve("x", legacy(&["a"]));
    host.configure(&["x"]);
    let registry = host.registry();
    assert_eq!(host.catalogs(&registry, &["x", "x", "nope"])[..2], [ok(&["a"]), ok(&["a"])]);
    let wanted = || vec![Wanted { alias: "x".to_string(), known_revisions: Vec::new() }];
    host.clock.advance(66 * MINUTE_MS);
    let access = host.open(&registry).expect("a configuration");
    let both = futures::future::join(access.load_catalogs(wanted()), access.load_catalogs(wanted()));
    host.run(both);
    assert_eq!(lists(&upstream), 2, "once at first, once when it was old");
    let unknown = host.catalogs(&registry, &["nope"]).remove(0).expect_err("unknown");
    assert_eq!(unknown.kind, FailureKind::UnknownServer);
}
