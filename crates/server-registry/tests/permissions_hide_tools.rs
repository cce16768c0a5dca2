//! What the policies of a server and of a key leave of a server's tools for scripts and direct calls.

mod support;

use scripted_upstream::{Answer, servers};
use serde_json::json;
use server_registry::{CallContext, FailureKind, Purpose};
use support::limited::{ADMIN, ALL, Gateway};

#[test]
fn the_stricter_of_server_and_key_holds() {
    let of_server = json!({"rules": [
        {"name": "wipe", "access": "blocked"}, {"name": "log", "access": "blockedInCodeMode"},
    ]});
    let gateway = Gateway::new(&of_server, false);
    let key = gateway.key(&json!({"rules": [
        {"pattern": "x/wri*", "access": "blockedInCodeMode"}, {"name": "x/wipe", "access": "allowed"},
        {"name": "y/read", "access": "blocked"},
    ]}));
    assert_eq!(gateway.tools(ADMIN, Purpose::Direct), ["read", "write", "log"]);
    assert_eq!(gateway.tools(ADMIN, Purpose::CodeMode), ["read", "write"]);
    assert_eq!(gateway.tools(&key, Purpose::Direct), ["read", "write", "log"]);
    assert_eq!(gateway.tools(&key, Purpose::CodeMode), ["read"]);
}

#[test]
fn classes_go_by_what_the_server_says_of_its_tools_and_by_the_operators_word_above_it() {
    let by_class = json!({"default": "blocked", "rules": [{"class": "readOnly", "access": "allowed"}]});
    let gateway = Gateway::new(&by_class, false);
    assert_eq!(gateway.tools(ADMIN, Purpose::CodeMode), ["read"]);
    let mut annotated = by_class.clone();
    annotated["annotations"] = json!({"read": {"readOnlyHint": false}, "wipe": {"readOnlyHint": true}});
    gateway.configure(&json!({"tools": annotated}));
    assert_eq!(gateway.tools(ADMIN, Purpose::CodeMode), ["wipe"]);
    gateway.configure(&json!({"tools": {"rules": [{"class": "destructive", "access": "blocked"}]}}));
    let key = gateway.key(&json!({"rules": [{"class": "readOnly", "access": "blocked"}]}));
    assert_eq!(gateway.tools(&key, Purpose::CodeMode), ["write", "log"]);
}

#[test]
fn a_call_asks_for_the_classes_of_tools_before_it_is_sent() {
    let gateway = Gateway::new(&json!({"rules": [{"class": "destructive", "access": "blocked"}]}), false);
    let call = |tool| {
        let access = gateway.access(ADMIN, Purpose::CodeMode);
        gateway.host.run(access.call_tool("x", tool, "{}", CallContext::default()))
    };
    call("wipe").expect_err("the list says that it destroys");
    assert_eq!((gateway.calls(), gateway.upstream.methods().last().map(String::as_str)), (0, Some("tools/list")));
    call("write").expect("it does not");
}

#[test]
fn tools_of_which_nothing_can_be_known_count_as_what_mcp_has_them_be() {
    let gateway = Gateway::new(&json!({"rules": [{"class": "destructive", "access": "blocked"}]}), false);
    gateway.host.serve("x", |received| servers::legacy(received).unwrap_or_else(|| Answer::status(500)));
    let access = gateway.access(ADMIN, Purpose::CodeMode);
    let failure = gateway.host.run(access.call_tool("x", "write", "{}", CallContext::default())).expect_err("refused");
    assert_eq!(failure.code, Some(-32_602), "{}", failure.message);
}

#[test]
fn a_part_of_a_catalog_has_a_revision_of_its_own_and_no_word_of_the_rest() {
    let gateway = Gateway::new(&json!({}), false);
    let keys = [json!({}), json!({"rules": [{"name": "wipe", "access": "blocked"}]}), json!({"default": "blocked"})]
        .map(|policy| gateway.key(&policy));
    let catalogs = keys.each_ref().map(|key| {
        let access = gateway.access(key, Purpose::CodeMode);
        let (revision, names, is_silent) = gateway.catalog(&access, None).expect("no revision was named");
        assert_eq!(gateway.catalog(&access, Some(&revision)), None, "it is current");
        (revision, names, is_silent)
    });
    let [all, part, none] = &catalogs;
    assert_eq!((all.1.len(), part.1.len(), none.1.len()), (4, 3, 0));
    assert!(all.0 != part.0 && part.0 != none.0 && all.0 != none.0);
    assert_eq!((all.2, part.2, none.2), (false, true, true), "what was left out might be forbidden");
    let of_part = gateway.access(&keys[1], Purpose::CodeMode);
    assert!(gateway.catalog(&of_part, Some(&all.0)).is_some(), "the revision of another caller is not its own");
    assert_eq!(gateway.catalog(&of_part, None).as_ref(), Some(part), "and stays");
}

#[test]
fn a_server_that_is_off_for_code_mode_is_there_for_clients() {
    let gateway = Gateway::new(&json!({}), false);
    gateway.configure(&json!({"codeMode": false}));
    let access = gateway.access(ADMIN, Purpose::CodeMode);
    assert_eq!(access.list(), []);
    let failure = gateway.host.run(access.call_tool("x", "read", "{}", CallContext::default())).expect_err("hidden");
    assert_eq!(failure.kind, FailureKind::UnknownServer);
    assert_eq!(gateway.access(ADMIN, Purpose::Direct).list().len(), 1);
    assert_eq!(gateway.tools(ADMIN, Purpose::Direct), ALL);
}
