//! What a request costs where there are a thousand servers: the values that it reads from the store.

mod support;

use http::{Method, StatusCode};
use serde_json::json;
use server_registry::{Purpose, Registry};
use std::rc::Rc;
use support::{MemoryHost, administer, legacy, register_many};

const MANY: usize = 1_000;

/// A gateway with so many servers, and nothing read yet.
fn gateway(count: usize) -> MemoryHost {
    let host = MemoryHost::default();
    host.serve("x", legacy(&["a"]));
    register_many(&host, count);
    host
}

/// The keys of what is read from the store meanwhile.
fn reads<R>(host: &MemoryHost, work: impl FnOnce() -> R) -> Vec<String> {
    host.reads.borrow_mut().clear();
    work();
    host.reads.take()
}

/// The kinds of records among keys, in order.
fn kinds(keys: &[String]) -> Vec<String> {
    let mut kinds: Vec<String> = keys.iter().map(|key| key.split('/').take(2).collect::<Vec<_>>().join("/")).collect();
    kinds.sort();
    kinds
}

#[test]
fn listing_them_reads_one() {
    for count in [1, MANY] {
        let host = gateway(count);
        let registry = host.registry();
        for _ in 0..2 {
            let keys = reads(&host, || assert_eq!(host.list(&registry).expect("a list").len(), count));
            assert_eq!(keys, ["servers"]);
        }
    }
}

#[test]
fn signing_in_with_a_key_reads_one_more() {
    let host = gateway(MANY);
    host.set_text("admin_key", "the-key-of-the-operator");
    let registry = host.registry();
    let operator = host.sign_in(&registry, Some("the-key-of-the-operator"), Purpose::Direct).expect("the operator");
    let (status, made) =
        administer(&host, &operator, Method::POST, "/api/v1/keys", &json!({"name": "c", "servers": ["s7"]}));
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let key = made["key"].as_str().expect("a key");
    let keys = reads(&host, || {
        let access = host.sign_in(&host.registry(), Some(key), Purpose::CodeMode).expect("a client");
        assert_eq!(access.list().len(), 1);
    });
    assert_eq!(kinds(&keys), [format!("key/{}", made["id"].as_str().expect("an id")), "servers".to_string()]);
}

#[test]
fn a_run_that_uses_one_server_loads_one_record() {
    let cost = |count: usize| {
        let host = gateway(count);
        let used = format!("s{}", count - 1);
        let call = |registry: &Rc<Registry<MemoryHost>>| {
            host.call(registry, &used, "a", "{}").expect("a result");
        };
        let registry = host.registry();
        let first = reads(&host, || call(&registry));
        let again = reads(&host, || call(&registry));
        assert!(first.iter().all(|key| key == "servers" || key.contains(&format!("/{used}"))), "{first:?}");
        assert_eq!(first.iter().filter(|key| key.starts_with("server/")).count(), 1, "{first:?}");
        assert_eq!(again, ["servers"]);
        first.len()
    };
    assert_eq!(cost(MANY), cost(1));
}

#[test]
fn tools_that_are_known_cost_nothing_the_second_time() {
    let host = gateway(MANY);
    let aliases: Vec<String> = (0..MANY).map(|number| format!("s{number}")).collect();
    let aliases: Vec<&str> = aliases.iter().map(String::as_str).collect();
    let registry = host.registry();
    let load = || assert!(host.catalogs(&registry, &aliases).iter().all(Result::is_ok));
    let first = reads(&host, load);
    assert_eq!(first.iter().filter(|key| key.starts_with("catalog/")).count(), MANY);
    assert_eq!(reads(&host, load), ["servers"]);
}

#[test]
fn a_page_of_the_api_reads_the_records_that_it_shows() {
    let host = gateway(MANY);
    let access = host.open(&host.registry()).expect("a configuration");
    let keys = reads(&host, || {
        let (status, page) =
            administer(&host, &access, Method::GET, "/api/v1/servers?limit=5", &serde_json::Value::Null);
        assert_eq!((status, page["items"].as_array().map(Vec::len)), (StatusCode::OK, Some(5)));
    });
    assert_eq!(keys.iter().filter(|key| key.starts_with("server/")).count(), 5, "{keys:?}");
}
