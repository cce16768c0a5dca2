mod support;

use mcp_client::Clock;
use scripted_upstream::{Answer, servers};
use server_registry::FailureKind;
use support::{MemoryHost, legacy};

#[test]
fn servers_are_asked_at_the_same_time() {
    let host = MemoryHost::default();
    let aliases = ["a", "b", "c", "d"];
    for alias in aliases {
        host.serve(alias, |received| {
            let answer = servers::modern(received).unwrap_or_else(|| servers::tools(received, &["t"]));
            answer.after(100)
        });
    }
    host.configure(&aliases);
    let catalogs = host.catalogs(&host.registry(), &aliases);
    assert!(catalogs.iter().all(Result::is_ok), "{catalogs:?}");
    assert_eq!(host.clock.monotonic_ms(), 200);
}

#[test]
fn and_each_has_its_own_deadline() {
    let host = MemoryHost::default();
    host.serve("good", legacy(&["a"]));
    let dead = host.serve("dead", |_| Answer::hangs());
    host.configure(&["good", "dead", "gone"]);
    let registry = host.registry();
    let kinds = |host: &MemoryHost| -> Vec<Option<FailureKind>> {
        let catalogs = host.catalogs(&registry, &["good", "dead", "gone"]);
        catalogs.into_iter().map(|catalog| catalog.err().map(|failure| failure.kind)).collect()
    };
    let expected = [None, Some(FailureKind::TimedOut), Some(FailureKind::Unreachable)];
    assert_eq!(kinds(&host), expected);
    assert_eq!(host.clock.monotonic_ms(), 10_000);

    // For a moment the failure is remembered.
    assert_eq!(kinds(&host), expected);
    assert_eq!(host.clock.monotonic_ms(), 10_000);
    assert_eq!(dead.methods().len(), 1);
}

#[test]
fn a_server_that_comes_back_is_found() {
    let host = MemoryHost::default();
    host.configure(&["x"]);
    let registry = host.registry();
    host.catalogs(&registry, &["x"])[0].as_ref().expect_err("nobody listens");
    host.serve("x", legacy(&["a"]));
    host.clock.advance(3_000);
    assert_eq!(host.catalogs(&registry, &["x"]), [Ok(vec!["a".to_string()])]);
}
