//! Who comes in, and as whom.

mod support;

use futures::future::join;
use http::{Method, StatusCode};
use mcp_client::Clock;
use serde_json::{Value, json};
use server_registry::{Access, FailureKind, NotSignedIn, Purpose, Registry, Visitor};
use std::{rc::Rc, time::Duration};
use support::{MemoryHost, administer};

const ADMIN: &str = "the-key-of-the-operator";

/// A gateway with an admin key.
struct Gateway {
    host: MemoryHost,
    registry: Rc<Registry<MemoryHost>>,
}

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        host.set_text("admin_key", ADMIN);
        host.configure(&["a", "b"]);
        let registry = host.registry();
        Self { host, registry }
    }

    fn sign_in(&self, key: &str) -> Result<Access<MemoryHost>, NotSignedIn> {
        self.host.sign_in(&self.registry, Some(key), Purpose::CodeMode)
    }

    /// Why a key is refused.
    fn refused(&self, key: &str) -> NotSignedIn {
        self.sign_in(key).map(|access| access.caller_id().to_string()).expect_err("it is refused")
    }

    fn operator(&self) -> Access<MemoryHost> {
        self.sign_in(ADMIN).expect("the admin key")
    }

    /// A new key: its id, and its text.
    fn make_key(&self, settings: &Value) -> (String, String) {
        let (status, made) = administer(&self.host, &self.operator(), Method::POST, "/api/v1/keys", settings);
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let text = |name: &str| made[name].as_str().expect(name).to_string();
        (text("id"), text("key"))
    }
}

fn aliases(access: &Access<MemoryHost>) -> Vec<String> {
    access.list().into_iter().map(|server| server.alias).collect()
}

/// A key of another secret.
fn with_other_secret(key: &str) -> String {
    let (rest, last) = key.split_at(key.len() - 1);
    format!("{rest}{}", if last == "A" { "B" } else { "A" })
}

#[test]
fn the_operator_by_the_admin_key() {
    let gateway = Gateway::new();
    let access = gateway.operator();
    assert_eq!((access.caller_id(), aliases(&access)), ("operator", vec!["a".to_string(), "b".to_string()]));
    assert_eq!(administer(&gateway.host, &access, Method::GET, "/api/v1/keys", &Value::Null).0, StatusCode::OK);
}

#[test]
fn spaces_around_the_admin_key_are_none_of_it() {
    let gateway = Gateway::new();
    gateway.host.set_text("admin_key", &format!(" {ADMIN}\n"));
    assert_eq!(gateway.operator().caller_id(), "operator");
    gateway.host.set_text("admin_key", "\n");
    let visitor = Visitor { key: None, is_local: true };
    let local = gateway.host.run(gateway.registry.sign_in(visitor, Purpose::CodeMode));
    assert!(local.is_ok(), "nothing but spaces is no key");
}

#[test]
fn a_key_that_manages_cannot_give_itself_more() {
    let gateway = Gateway::new();
    let (id, key) = gateway.make_key(&json!({"name": "m", "role": "manage", "expiresAt": "2027-01-16T00:00:00Z"}));
    let (other, _) = gateway.make_key(&json!({"name": "other", "role": "manage"}));
    let manager = gateway.sign_in(&key).expect("a key of this gateway");
    let ask = |access: &Access<MemoryHost>, method: Method, path: &str, body: &Value| {
        administer(&gateway.host, access, method, &format!("/api/v1{path}"), body)
    };
    let own = format!("/keys/{id}");
    let (status, refused) = ask(&manager, Method::PATCH, &own, &json!({"expiresAt": null}));
    assert_eq!((status, &refused["type"]), (StatusCode::FORBIDDEN, &json!("urn:bobbin:problem:forbidden")));
    for settings in [
        json!({"name": "n", "role": "manage"}),
        json!({"name": "n", "role": "manage", "expiresAt": "2027-01-16T00:00:01Z"}),
    ] {
        assert_eq!(ask(&manager, Method::POST, "/keys", &settings).0, StatusCode::FORBIDDEN, "{settings}");
    }
    let forever = json!({"role": "manage", "name": "renamed"});
    assert_eq!(ask(&manager, Method::PATCH, &format!("/keys/{other}"), &forever).0, StatusCode::FORBIDDEN);
    for settings in [
        json!({"name": "n", "role": "manage", "expiresAt": "2027-01-16T00:00:00Z"}),
        json!({"name": "n", "role": "use"}),
    ] {
        assert_eq!(ask(&manager, Method::POST, "/keys", &settings).0, StatusCode::CREATED, "{settings}");
    }
    assert_eq!(ask(&gateway.operator(), Method::PATCH, &own, &json!({"expiresAt": null})).0, StatusCode::OK);
    assert_eq!(ask(&manager, Method::DELETE, &own, &Value::Null).0, StatusCode::NO_CONTENT, "it may end itself");
}

#[test]
fn clients_by_keys_to_use_or_to_manage() {
    let gateway = Gateway::new();
    for (role, manages) in [("use", StatusCode::FORBIDDEN), ("manage", StatusCode::OK)] {
        let (id, key) = gateway.make_key(&json!({"name": role, "role": role, "servers": ["b"]}));
        let access = gateway.sign_in(&key).expect("a key of this gateway");
        assert_eq!((access.caller_id(), aliases(&access)), (id.as_str(), vec!["b".to_string()]));
        assert_eq!(administer(&gateway.host, &access, Method::GET, "/api/v1/servers", &Value::Null).0, manages);
    }
}

#[test]
fn nobody_without_a_key_where_there_is_an_admin_key() {
    let gateway = Gateway::new();
    for is_local in [true, false] {
        let visitor = Visitor { key: None, is_local };
        let refused = gateway.host.run(gateway.registry.sign_in(visitor, Purpose::CodeMode)).err();
        assert_eq!(refused, Some(NotSignedIn::NoKey));
    }
}

#[test]
fn whoever_is_on_this_machine_where_there_is_none() {
    let gateway = Gateway::new();
    let (_, key) = gateway.make_key(&json!({"name": "client"}));
    gateway.host.set_text("admin_key", "");
    let visit = |key: Option<&str>, is_local: bool| {
        let signed_in = gateway.host.run(gateway.registry.sign_in(Visitor { key, is_local }, Purpose::Direct));
        signed_in.map(|access| access.caller_id() == "operator")
    };
    assert_eq!(visit(None, true), Ok(true));
    assert_eq!(visit(Some(&key), true), Ok(false), "a client's key is one here, too");
    assert_eq!(visit(Some("wrong"), true), Err(NotSignedIn::WrongKey));
    for key in [None, Some(""), Some(key.as_str()), Some("wrong")] {
        assert_eq!(visit(key, false), Err(NotSignedIn::NotLocal), "{key:?}");
    }
}

#[test]
fn no_key_that_is_wrong_and_all_of_them_are_refused_alike() {
    let gateway = Gateway::new();
    let (_, key) = gateway.make_key(&json!({"name": "client"}));
    let (_, other) = gateway.make_key(&json!({"name": "other"}));
    let unknown_id = format!("bob_{}{}", "a".repeat(12), &key[16..]);
    let secret_of_another = format!("{}{}", &key[..17], &other[17..]);
    let wrong_secret = with_other_secret(&key);
    let longer = format!("{ADMIN}x");
    for wrong in ["", "x", "bob_", &ADMIN[1..], &longer, &unknown_id, &secret_of_another, &wrong_secret] {
        assert_eq!(gateway.refused(wrong), NotSignedIn::WrongKey, "{wrong}");
    }
}

#[test]
fn no_key_that_has_expired() {
    let gateway = Gateway::new();
    // The clock of the host begins at 2027-01-15T08:00:00Z.
    let (_, key) = gateway.make_key(&json!({"name": "client", "expiresAt": "2027-01-15T08:00:10Z"}));
    gateway.host.clock.advance(9_999);
    gateway.sign_in(&key).expect("it has a millisecond left");
    gateway.host.clock.advance(1);
    assert_eq!(gateway.refused(&key), NotSignedIn::WrongKey);
}

#[test]
fn no_key_that_was_revoked_from_the_next_request_on_at_every_instance() {
    let gateway = Gateway::new();
    let elsewhere = gateway.host.registry();
    let (id, key) = gateway.make_key(&json!({"name": "client"}));
    gateway.host.sign_in(&elsewhere, Some(&key), Purpose::CodeMode).expect("it is a key");
    let path = format!("/api/v1/keys/{id}");
    let (status, _) = administer(&gateway.host, &gateway.operator(), Method::DELETE, &path, &Value::Null);
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(gateway.refused(&key), NotSignedIn::WrongKey);
    let refused = gateway.host.sign_in(&elsewhere, Some(&key), Purpose::CodeMode).err();
    assert_eq!(refused, Some(NotSignedIn::WrongKey));
}

#[test]
fn keys_are_limited_per_minute_over_all_instances() {
    let gateway = Gateway::new();
    let (_, key) = gateway.make_key(&json!({"name": "client", "rateLimitPerMinute": 3}));
    let (_, unlimited) = gateway.make_key(&json!({"name": "unlimited"}));
    let instances = [gateway.host.registry(), gateway.host.registry()];
    let visit = |instance: usize, key: &str| gateway.host.sign_in(&instances[instance], Some(key), Purpose::CodeMode);
    gateway.host.clock.advance(45_500);
    for instance in [0, 1, 0] {
        visit(instance, &key).expect("one of three");
    }
    for instance in [1, 0] {
        assert_eq!(visit(instance, &key).err(), Some(NotSignedIn::TooManyRequests { retry_after_s: 15 }));
    }
    assert_eq!(visit(0, &with_other_secret(&key)).err(), Some(NotSignedIn::WrongKey), "only who has it learns of it");
    visit(0, &unlimited).expect("it has no limit");
    gateway.host.clock.advance(14_500);
    visit(1, &key).expect("the next minute");
}

#[test]
fn a_store_that_fails_lets_no_client_in() {
    let gateway = Gateway::new();
    let (_, key) = gateway.make_key(&json!({"name": "client", "rateLimitPerMinute": 1000}));
    for prefix in ["key/", "rate/", ""] {
        gateway.host.break_store(prefix);
        assert_eq!(gateway.refused(&key), NotSignedIn::Unchecked, "{prefix}");
    }
    gateway.host.break_store("servers");
    let NotSignedIn::Failed(failure) = gateway.refused(&key) else { panic!("the key itself is good") };
    assert_eq!(failure.kind, FailureKind::Configuration);
    assert!(failure.message.contains("key-value store failed"), "{}", failure.message);
    gateway.host.mend_store();
    gateway.sign_in(&key).expect("it works again");
}

#[test]
fn a_count_is_tried_again_where_the_store_is_busy() {
    let gateway = Gateway::new();
    let (_, key) = gateway.make_key(&json!({"name": "client", "rateLimitPerMinute": 2}));
    let busy = |ms: u64| {
        gateway.host.break_store("rate/");
        let registry = gateway.host.registry();
        let mended = async {
            gateway.host.clock.sleep(Duration::from_millis(ms)).await;
            gateway.host.mend_store();
        };
        let visitor = Visitor { key: Some(&key), is_local: false };
        gateway.host.run(join(registry.sign_in(visitor, Purpose::CodeMode), mended)).0.err()
    };
    assert_eq!(busy(100), None);
    assert_eq!(busy(2_000), Some(NotSignedIn::Unchecked), "not without end, and nothing was counted");
    assert_eq!(busy(1), None);
    assert_eq!(gateway.refused(&key), NotSignedIn::TooManyRequests { retry_after_s: 58 });
}

#[test]
fn a_record_that_is_damaged_or_newer_lets_nobody_in() {
    let gateway = Gateway::new();
    let (id, key) = gateway.make_key(&json!({"name": "client"}));
    let record = format!("key/{id}");
    let stored = gateway.host.store.borrow()[&record].clone();
    let mut newer: Value = serde_json::from_slice(&stored).expect("JSON");
    newer["version"] = json!(99);
    for bytes in [b"{".to_vec(), b"null".to_vec(), newer.to_string().into_bytes()] {
        gateway.host.store.borrow_mut().insert(record.clone(), bytes);
        assert_eq!(gateway.refused(&key), NotSignedIn::Unchecked);
    }
}

#[test]
fn what_is_wrong_inside_is_told_to_nobody_outside() {
    let gateway = Gateway::new();
    gateway.host.set_text("servers", "{\"mcpServers\": 7}");
    assert_eq!(gateway.refused("wrong"), NotSignedIn::WrongKey);
    assert!(matches!(gateway.refused(ADMIN), NotSignedIn::Failed(_)));
}
