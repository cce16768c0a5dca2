//! A server that a key may not see answers like one that is not there, in every word and by the same work: there is
//! nothing that time could tell.

mod support;

use http::{Method, Request};
use serde_json::{Value, json};
use server_registry::{Access, CallContext, Failure, Purpose, Wanted};
use std::rc::Rc;
use support::{MemoryHost, administer, legacy};

const ADMIN: &str = "the-key-of-the-operator";

/// What is asked of a server by an alias: the answer, with the alias made `X`.
type Question = fn(&MemoryHost, &Access<MemoryHost>, &str) -> String;

fn told(alias: &str, failure: &Failure) -> String {
    format!("{:?} {:?} {:?} {}", failure.kind, failure.code, failure.data, failure.message.replace(alias, "X"))
}

const QUESTIONS: [Question; 3] = [
    |host, access, alias| {
        let called = host.run(access.call_tool(alias, "a", "{}", CallContext::default()));
        told(alias, &called.expect_err("no such server"))
    },
    |host, access, alias| {
        let wanted = vec![Wanted { alias: alias.to_string(), known_revisions: Vec::new() }];
        let answer = host.run(access.load_catalogs(wanted)).remove(0);
        told(alias, &answer.catalog.map(|_| ()).expect_err("no such server"))
    },
    |host, access, alias| {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
        let request = Request::post("/").body(body.into()).expect("a request");
        let forwarded = host.run(access.forward(alias, request)).map(|_| ());
        format!("{forwarded:?}").replace(alias, "X")
    },
];

#[test]
fn declared_or_registered_asked_before_or_not() {
    let host = MemoryHost::default();
    host.set_text("admin_key", ADMIN);
    host.configure(&["seen", "declared"]);
    for name in ["seen", "declared", "stored"] {
        host.serve(name, legacy(&["a"]));
    }
    let registry = host.registry();
    let operator = || host.sign_in(&registry, Some(ADMIN), Purpose::Direct).expect("the admin key");
    let post = |path: &str, body: Value| administer(&host, &operator(), Method::POST, path, &body).1;
    post("/api/v1/servers", json!({"alias": "stored", "url": "https://stored/mcp"}));
    let key = post("/api/v1/keys", json!({"name": "limited", "servers": ["seen"]}))["key"].clone();
    let key = key.as_str().expect("a key");
    // The operator's use of them leaves traces in the instance's memory.
    for alias in ["declared", "stored"] {
        host.run(operator().call_tool(alias, "a", "{}", CallContext::default())).expect("a result");
    }

    for purpose in [Purpose::CodeMode, Purpose::Direct] {
        let access = host.sign_in(&registry, Some(key), purpose).expect("a key of this gateway");
        let work = |question: Question, alias: &str| {
            let before = (host.reads.borrow().len(), host.writes.borrow().len(), Rc::strong_count(&registry));
            let answer = question(&host, &access, alias);
            let after = (host.reads.borrow().len(), host.writes.borrow().len(), Rc::strong_count(&registry));
            (answer, after.0 - before.0, after.1 - before.1, after.2 - before.2)
        };
        for question in QUESTIONS {
            let none = work(question, "nobody");
            assert_eq!((none.1, none.2), (0, 0), "nothing is read or written for a server that is not there");
            for alias in ["declared", "stored"] {
                assert_eq!(work(question, alias), none, "{alias} {purpose:?}");
            }
        }
    }
}
