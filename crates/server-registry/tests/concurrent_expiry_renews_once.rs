//! Sessions with servers are shared by all instances: when one expires, one of them begins another.

mod support;

use futures::future::{join, join_all};
use mcp_client::{Clock, within};
use scripted_upstream::{Answer, Received, Upstream, servers};
use serde_json::json;
use server_registry::{CallContext, Failure, Purpose, Registry, Visitor};
use std::{cell::Cell, rc::Rc, time::Duration};
use support::MemoryHost;

/// How long the server takes to begin a session.
const HANDSHAKE_MS: u64 = 300;

type Instance = Rc<Registry<MemoryHost>>;

/// A gateway whose server can end all of its sessions.
struct Gateway {
    host: MemoryHost,
    server: Upstream,
    expired: Rc<Cell<usize>>,
}

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        let expired = Rc::new(Cell::new(0));
        let (last, now) = (Cell::new(0), expired.clone());
        let server = host.serve("x", move |received: &Received| match received.method() {
            "initialize" => {
                last.set(last.get() + 1);
                let result = json!({"protocolVersion": "2025-11-25"});
                let answer = Answer::json(200, &received.result(result)).after(HANDSHAKE_MS);
                answer.header("mcp-session-id", &last.get().to_string())
            }
            "tools/call"
                if received.header("mcp-session-id").parse().is_ok_and(|session: usize| session <= now.get()) =>
            {
                Answer::status(404).after(20)
            }
            "tools/call" => Answer::json(200, &received.result(servers::text_result("done"))).after(5_000),
            _ => servers::legacy(received).expect("a part of the handshake"),
        });
        host.configure(&["x"]);
        Self { host, server, expired }
    }

    fn sessions(&self) -> usize {
        self.server.methods().iter().filter(|method| *method == "initialize").count()
    }
}

async fn call(instance: &Instance) -> Result<String, Failure> {
    let access = instance.sign_in(Visitor { key: None, is_local: true }, Purpose::CodeMode).await.expect("let in");
    access.call_tool("x", "a", "{}", CallContext::default()).await
}

#[test]
fn in_many_instances() {
    for apart_ms in [0, 1, 10, 100] {
        let gateway = Gateway::new();
        let instances: Vec<Instance> = (0..10).map(|_| gateway.host.registry()).collect();
        gateway.host.run(call(&instances[0])).expect("a result");
        for instance in &instances {
            gateway.host.run(call(instance)).expect("the session of the first");
        }
        assert_eq!(gateway.sessions(), 1);
        for round in 1..=2 {
            gateway.expired.set(round);
            let calls = (0..40).map(|number| {
                let instance = &instances[number % instances.len()];
                let host = &gateway.host;
                async move {
                    host.clock.sleep(Duration::from_millis(apart_ms * number as u64)).await;
                    call(instance).await.expect("a result");
                }
            });
            gateway.host.run(join_all(calls));
            assert_eq!(gateway.sessions(), 1 + round, "{apart_ms} ms apart");
            assert!(!gateway.host.store.borrow().contains_key("renewing/x"));
        }
    }
}

#[test]
fn also_where_who_renews_is_given_up() {
    let gateway = Gateway::new();
    let [one, other] = std::array::from_fn(|_| gateway.host.registry());
    gateway.host.run(call(&one)).expect("a result");
    gateway.expired.set(1);
    let leaves = within(&gateway.host.clock, HANDSHAKE_MS / 2, call(&one));
    let (left, stays) = gateway.host.run(join(leaves, call(&other)));
    assert!(left.is_none());
    stays.expect("a result, a little later");
    gateway.expired.set(gateway.sessions());
    let before = gateway.sessions();
    let (first, second) = gateway.host.run(join(call(&one), call(&other)));
    first.and(second).expect("a result");
    assert_eq!(gateway.sessions(), before + 1);
}

#[test]
fn or_the_store_fails() {
    let gateway = Gateway::new();
    let instance = gateway.host.registry();
    gateway.host.run(call(&instance)).expect("a result");
    gateway.expired.set(1);
    gateway.host.break_store("renewing/");
    gateway.host.run(call(&instance)).expect("a result");
    assert_eq!(gateway.sessions(), 2);
}
