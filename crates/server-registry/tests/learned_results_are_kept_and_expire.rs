mod support;

use server_registry::LearnedResult;
use support::MemoryHost;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

fn learned(alias: &str, tool: &str, text: &str) -> LearnedResult {
    LearnedResult { alias: alias.to_string(), tool: tool.to_string(), text: text.to_string() }
}

fn load(host: &MemoryHost, aliases: &[&str], max_age_ms: u64) -> Vec<LearnedResult> {
    let aliases: Vec<String> = aliases.iter().map(|alias| (*alias).to_string()).collect();
    host.run(host.registry().load_learned(&aliases, max_age_ms))
}

#[test]
fn another_instance_has_what_one_kept() {
    let host = MemoryHost::default();
    let all = vec![learned("a", "x", "1"), learned("a", "y", "2"), learned("b", "x", "3")];
    host.run(host.registry().keep_learned(all.clone()));
    assert_eq!(load(&host, &["a", "b"], DAY_MS), all);
    assert_eq!(load(&host, &["b"], DAY_MS), [learned("b", "x", "3")]);
    assert!(load(&host, &["c"], DAY_MS).is_empty());
}

#[test]
fn what_is_newer_replaces_what_is_known_of_the_same_tool() {
    let host = MemoryHost::default();
    host.run(host.registry().keep_learned(vec![learned("a", "x", "1"), learned("a", "y", "2")]));
    host.run(host.registry().keep_learned(vec![learned("a", "x", "9")]));
    assert_eq!(load(&host, &["a"], DAY_MS), [learned("a", "x", "9"), learned("a", "y", "2")]);
}

#[test]
fn what_is_older_than_asked_for_is_forgotten() {
    let host = MemoryHost::default();
    host.run(host.registry().keep_learned(vec![learned("a", "x", "1")]));
    host.clock.advance(DAY_MS);
    host.run(host.registry().keep_learned(vec![learned("a", "y", "2")]));
    assert_eq!(load(&host, &["a"], DAY_MS).len(), 2);
    host.clock.advance(1);
    assert_eq!(load(&host, &["a"], DAY_MS), [learned("a", "y", "2")]);
}

#[test]
fn a_damaged_record_is_as_good_as_none() {
    let host = MemoryHost::default();
    for damaged in ["{", "7", "{\"version\":99,\"tools\":{}}"] {
        host.store.borrow_mut().insert("learned/a".to_string(), damaged.as_bytes().to_vec());
        assert!(load(&host, &["a"], DAY_MS).is_empty());
        host.run(host.registry().keep_learned(vec![learned("a", "x", "1")]));
        assert_eq!(load(&host, &["a"], DAY_MS).len(), 1, "{damaged}");
    }
}

#[test]
fn a_record_stays_within_what_a_store_takes() {
    let host = MemoryHost::default();
    for number in 0..30 {
        host.run(host.registry().keep_learned(vec![learned("a", &format!("tool {number}"), &"x".repeat(100_000))]));
        host.clock.advance(1_000);
    }
    assert!(host.store.borrow()["learned/a"].len() <= 1_000_000);
    let kept = load(&host, &["a"], DAY_MS);
    assert_eq!(kept.len(), 9);
    assert!(kept.iter().any(|one| one.tool == "tool 29") && kept.iter().all(|one| one.tool != "tool 20"));
}
