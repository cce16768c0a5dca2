//! Names beat patterns, patterns beat classes, classes beat the default; among equals the strictest counts.

use serde_json::{Value, json};
use tool_policy::{Access, Policy};

fn policy(value: Value) -> Policy {
    serde_json::from_value(value).expect("a policy")
}

#[test]
fn without_rules_the_default_decides() {
    assert_eq!(Policy::default().access("anything", None), Access::Allowed);
    assert_eq!(policy(json!({})).access("anything", None), Access::Allowed);
    assert_eq!(policy(json!({"default": "blocked"})).access("anything", None), Access::Blocked);
}

#[test]
fn a_name_beats_a_pattern_a_class_and_the_default() {
    let mut rules = vec![
        json!({"class": "destructive", "access": "blockedInCodeMode"}),
        json!({"pattern": "delete_*", "access": "blocked"}),
        json!({"name": "delete_repo", "access": "allowed"}),
    ];
    for _ in 0..2 {
        let policy = policy(json!({"default": "blocked", "rules": rules}));
        assert_eq!(policy.access("delete_repo", None), Access::Allowed);
        assert_eq!(policy.access("delete_file", None), Access::Blocked);
        assert_eq!(policy.access("write", None), Access::BlockedInCodeMode);
        assert_eq!(policy.access("write", Some(&json!({"destructiveHint": false}))), Access::Blocked);
        rules.reverse();
    }
}

#[test]
fn among_rules_of_one_kind_the_strictest_counts() {
    for kind in [json!({"name": "push"}), json!({"pattern": "pu*"}), json!({"class": "openWorld"})] {
        let mut rules: Vec<Value> = Vec::new();
        let levels = [
            ("allowed", Access::Allowed),
            ("blocked", Access::Blocked),
            ("blockedInCodeMode", Access::BlockedInCodeMode),
        ];
        let mut strictest = Access::Allowed;
        for (text, access) in levels {
            let mut rule = kind.clone();
            rule["access"] = json!(text);
            rules.push(rule);
            strictest = strictest.strictest(access);
            assert_eq!(policy(json!({"rules": rules})).access("push", None), strictest, "{rules:?}");
        }
        assert_eq!(strictest, Access::Blocked);
    }
}

#[test]
fn patterns_match_whole_names_in_the_same_case() {
    let policy = policy(json!({"rules": [
        {"pattern": "get_?", "access": "blocked"},
        {"pattern": "*[a-z].+", "access": "blockedInCodeMode"}
    ]}));
    for (name, access) in [
        ("get_a", Access::Blocked),
        ("get_ü", Access::Blocked),
        ("get_", Access::Allowed),
        ("get_ab", Access::Allowed),
        ("Get_a", Access::Allowed),
        ("x_get_a", Access::Allowed),
        ("any[a-z].+", Access::BlockedInCodeMode),
        ("anyb", Access::Allowed),
    ] {
        assert_eq!(policy.access(name, None), access, "{name}");
    }
}

#[test]
fn access_says_where_a_tool_may_be_used() {
    assert_eq!([Access::Allowed.in_code_mode(), Access::Allowed.at_all()], [true, true]);
    assert_eq!([Access::BlockedInCodeMode.in_code_mode(), Access::BlockedInCodeMode.at_all()], [false, true]);
    assert_eq!([Access::Blocked.in_code_mode(), Access::Blocked.at_all()], [false, false]);
}

#[test]
fn it_is_known_when_everything_is_allowed() {
    assert!(Policy::default().allows_all());
    assert!(policy(json!({"rules": [{"pattern": "*", "access": "allowed"}]})).allows_all());
    assert!(!policy(json!({"rules": [{"name": "x", "access": "blockedInCodeMode"}]})).allows_all());
    assert!(!policy(json!({"default": "blocked"})).allows_all());
}

#[test]
fn a_tool_that_is_not_listed_is_blocked_in_every_case_that_a_rule_names() {
    let rules = json!([
        {"name": "Wipe", "access": "blocked"},
        {"pattern": "delete_*", "access": "blockedInCodeMode"},
        {"name": "READ", "access": "allowed"}
    ]);
    let of_server = policy(json!({"rules": rules}));
    for (name, access) in [
        ("Wipe", Access::Blocked),
        ("wipe", Access::Blocked),
        ("WIPE", Access::Blocked),
        ("wiped", Access::Allowed),
        ("Delete_All", Access::BlockedInCodeMode),
        ("read", Access::Allowed),
    ] {
        assert_eq!(of_server.access_in_any_case(None, name), access, "{name}");
    }
    let of_key = policy(json!({"rules": [{"name": "x/Wipe", "access": "blocked"}]}));
    assert_eq!(of_key.access_in_any_case(Some("x"), "wIPE"), Access::Blocked);
    assert_eq!(of_key.access_in_any_case(Some("y"), "wIPE"), Access::Allowed);
    let closed = policy(json!({"default": "blocked", "rules": [{"name": "read", "access": "allowed"}]}));
    assert_eq!(closed.access_in_any_case(None, "read"), Access::Allowed);
    assert_eq!(closed.access_in_any_case(None, "Read"), Access::Blocked);
    let by_hint = json!({"rules": [{"class": "destructive", "access": "blocked"}],
        "annotations": {"Tidy": {"destructiveHint": false}}});
    assert_eq!(policy(by_hint.clone()).access_in_any_case(None, "Tidy"), Access::Allowed);
    assert_eq!(policy(by_hint).access_in_any_case(None, "other"), Access::Blocked);
    // A letter that has no single one in lower case stays.
    let longest = policy(json!({"rules": [{"pattern": "İ".repeat(127), "access": "blocked"}]}));
    assert_eq!(longest.access_in_any_case(None, &"İ".repeat(127)), Access::Blocked);
}
