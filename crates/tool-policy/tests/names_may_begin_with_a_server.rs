//! A policy over several servers: `alias/tool` means one of them, a name without a `/` means all.

use serde_json::{Value, json};
use tool_policy::{Access, Policy};

fn policy(value: Value) -> Policy {
    serde_json::from_value(value).expect("a policy")
}

#[test]
fn a_name_means_all_servers_or_one() {
    let policy = policy(json!({"rules": [
        {"name": "drop", "access": "blocked"},
        {"name": "github/delete_repo", "access": "blocked"},
        {"pattern": "git*/admin_*", "access": "blockedInCodeMode"},
        {"pattern": "purge*", "access": "blocked"}
    ]}));
    for (alias, tool, access) in [
        ("github", "drop", Access::Blocked),
        ("files", "drop", Access::Blocked),
        ("github", "delete_repo", Access::Blocked),
        ("files", "delete_repo", Access::Allowed),
        ("gitlab", "admin_users", Access::BlockedInCodeMode),
        ("files", "admin_users", Access::Allowed),
        ("files", "purge", Access::Blocked),
        ("files", "purge/all", Access::Blocked),
    ] {
        assert_eq!(policy.access_on(alias, tool, None), access, "{alias} {tool}");
    }
}

#[test]
fn no_server_comes_under_the_rule_of_another_by_the_names_of_its_tools() {
    let policy = policy(json!({
        "default": "blocked",
        "rules": [
            {"name": "github/read_file", "access": "allowed"},
            {"pattern": "github/list_*", "access": "allowed"},
            {"class": "readOnly", "access": "allowed"}
        ],
        "annotations": {"github/search": {"readOnlyHint": true}}
    }));
    for tool in ["read_file", "list_issues", "search"] {
        assert_eq!(policy.access_on("github", tool, None), Access::Allowed, "{tool}");
        assert_eq!(policy.access_on("evil", &format!("github/{tool}"), None), Access::Blocked, "{tool}");
        assert_eq!(policy.access_on("github/x", tool, None), Access::Blocked, "{tool}");
    }
}

#[test]
fn annotations_for_one_server_stand_above_those_for_all() {
    let policy = policy(json!({
        "rules": [{"class": "notReadOnly", "access": "blocked"}],
        "annotations": {"query": {"readOnlyHint": true}, "db/query": {"readOnlyHint": false}}
    }));
    assert_eq!(policy.access_on("wiki", "query", None), Access::Allowed);
    assert_eq!(policy.access_on("db", "query", Some(&json!({"readOnlyHint": true}))), Access::Blocked);
}

#[test]
fn in_the_policy_of_one_server_a_slash_is_part_of_the_name() {
    let policy = policy(json!({
        "default": "blocked",
        "rules": [
            {"name": "repos/get", "access": "allowed"},
            {"pattern": "issues/*", "access": "allowed"},
            {"class": "readOnly", "access": "allowed"}
        ],
        "annotations": {"users/me": {"readOnlyHint": true}}
    }));
    for tool in ["repos/get", "issues/list", "users/me"] {
        assert_eq!(policy.access(tool, None), Access::Allowed, "{tool}");
    }
    assert_eq!(policy.access("get", None), Access::Blocked);
}
