//! The allow-list of servers, and the policy for their tools.

use client_keys::{KeyRecord, KeySettings, NewKey, RANDOM_BYTES};
use serde_json::{Value, json};
use tool_policy::Access;

fn record(settings: &Value) -> KeyRecord {
    let settings = KeySettings::from_json(settings).expect("settings");
    NewKey::make(settings, 0, &[9; RANDOM_BYTES]).expect("a key").record().clone()
}

#[test]
fn without_a_list_every_server_is_seen_and_every_tool_allowed() {
    let record = record(&json!({"name": "all"}));
    assert!(record.may_use("anything") && !record.may_manage());
    assert_eq!(record.access("anything", "drop_table", None), Access::Allowed);
}

#[test]
fn a_server_that_is_not_listed_is_blocked_whatever_the_policy_says() {
    let record = record(&json!({
        "name": "some",
        "servers": ["files"],
        "tools": {"rules": [{"name": "other/read", "access": "allowed"}]}
    }));
    assert!(record.may_use("files"));
    assert_eq!(record.access("files", "read", None), Access::Allowed);
    for alias in ["other", "Files", "files2", "file", ""] {
        assert!(!record.may_use(alias), "{alias}");
        assert_eq!(record.access(alias, "read", None), Access::Blocked, "{alias}");
    }
}

#[test]
fn an_empty_list_is_no_server() {
    let record = record(&json!({"name": "none", "role": "manage", "servers": []}));
    assert!(record.may_manage() && !record.may_use("files"));
}

#[test]
fn the_policy_holds_for_tools_of_all_servers_or_of_one() {
    let record = record(&json!({"name": "careful", "tools": {"rules": [
        {"pattern": "delete_*", "access": "blocked"},
        {"name": "db/query", "access": "blockedInCodeMode"}
    ]}}));
    assert_eq!(record.access("files", "delete_all", None), Access::Blocked);
    assert_eq!(record.access("db", "query", None), Access::BlockedInCodeMode);
    assert_eq!(record.access("wiki", "query", None), Access::Allowed);
}
