//! Callers leave at any moment, and with them what they wait for: what their requests have shown stays known.

mod support;

use futures::future::join;
use mcp_client::{Clock, within};
use scripted_upstream::{Answer, Received, Step, Upstream, servers};
use serde_json::json;
use server_registry::{CallContext, CurrentCatalog, Purpose, Registry, Visitor, Wanted};
use std::{cell::Cell, rc::Rc, time::Duration};
use support::MemoryHost;

/// How long the server takes for a list, in milliseconds: not so long that older tools are given out instead.
const LIST_MS: u64 = 600;

struct Gateway {
    host: MemoryHost,
    server: Upstream,
    tool: Rc<Cell<&'static str>>,
    registry: Rc<Registry<MemoryHost>>,
}

impl Gateway {
    /// A gateway that knows the tools of its server, which announces others with every call, and then takes its time.
    fn new() -> Self {
        let host = MemoryHost::default();
        let tool = Rc::new(Cell::new("old"));
        let now = tool.clone();
        let server = host.serve("x", move |received: &Received| match received.method() {
            "tools/list" => servers::tools(received, &[now.get()]).after(LIST_MS),
            "tools/call" => {
                let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
                Answer::events(&[changed])
                    .then([Step::Wait(100), Step::text("data: ")])
                    .then([Step::text(&format!("{}\n\n", received.result(servers::text_result("done"))))])
            }
            "notifications/cancelled" => Answer::status(202),
            _ => servers::legacy(received).expect("a part of the handshake"),
        });
        host.configure(&["x"]);
        let registry = host.registry();
        let gateway = Self { host, server, tool, registry };
        assert_eq!(gateway.host.run(gateway.tools()), ("old".to_string(), false));
        gateway
    }

    /// Its tools for somebody who asks now, and whether they are marked as stale.
    async fn tools(&self) -> (String, bool) {
        let visitor = Visitor { key: None, is_local: true };
        let access = self.registry.sign_in(visitor, Purpose::CodeMode).await.expect("this machine");
        let wanted = vec![Wanted { alias: "x".to_string(), known_revisions: Vec::new() }];
        let answer = access.load_catalogs(wanted).await.remove(0);
        let CurrentCatalog::Other(catalog) = answer.catalog.expect("a list") else { panic!("no revision is known") };
        (catalog.catalog.tools.iter().map(|tool| tool.name.clone()).collect(), answer.is_stale)
    }

    async fn call(&self) {
        let visitor = Visitor { key: None, is_local: true };
        let access = self.registry.sign_in(visitor, Purpose::CodeMode).await.expect("this machine");
        access.call_tool("x", "old", "{}", CallContext::default()).await.expect("a result");
    }

    /// Runs something for a caller who leaves after some milliseconds.
    fn leave_after<F: Future>(&self, ms: u64, future: F) {
        assert!(self.host.run(within(&self.host.clock, ms, future)).is_none(), "it is under way");
    }

    fn lists(&self) -> usize {
        self.server.methods().iter().filter(|method| *method == "tools/list").count()
    }
}

fn new() -> (String, bool) {
    ("new".to_string(), false)
}

#[test]
fn nobody_gets_old_tools_as_fresh_ones_while_newer_ones_are_fetched() {
    let gateway = Gateway::new();
    gateway.tool.set("new");
    gateway.host.run(gateway.call());
    let meanwhile = async {
        gateway.host.clock.sleep(Duration::from_millis(LIST_MS / 2)).await;
        gateway.tools().await
    };
    assert_eq!(gateway.host.run(join(gateway.tools(), meanwhile)), (new(), new()));
    assert_eq!(gateway.lists(), 2, "both wait for the same list");
}

#[test]
fn that_tools_are_old_though_whoever_fetched_newer_ones_has_left() {
    let gateway = Gateway::new();
    gateway.tool.set("new");
    gateway.host.run(gateway.call());
    gateway.leave_after(LIST_MS / 2, gateway.tools());
    assert_eq!(gateway.host.run(gateway.tools()), new());
}

#[test]
fn that_tools_are_old_though_whoever_heard_so_has_left() {
    let gateway = Gateway::new();
    gateway.tool.set("new");
    gateway.leave_after(50, gateway.call());
    assert_eq!(gateway.host.run(gateway.tools()), new());
}

#[test]
fn what_is_announced_while_a_list_is_fetched_is_not_in_it() {
    let gateway = Gateway::new();
    gateway.host.run(gateway.call());
    let announced = async {
        gateway.host.clock.sleep(Duration::from_millis(LIST_MS / 2)).await;
        gateway.tool.set("new");
        gateway.call().await;
        gateway.tools().await
    };
    let ((_, is_stale), later) = gateway.host.run(join(gateway.tools(), announced));
    assert!(is_stale, "what came is marked");
    assert_eq!(later, new(), "who asks after the announcement gets what was announced");
    assert_eq!(gateway.host.run(gateway.tools()), new());
    assert_eq!(gateway.lists(), 3);
}

#[test]
fn a_connection_that_was_not_stored_yet_is_stored_by_the_next() {
    let host = MemoryHost::default();
    host.serve("x", support::legacy(&["a"]));
    host.configure(&["x"]);
    let registry = host.registry();
    host.writing_ms.set(1_000);
    let asking = async {
        let access = registry.sign_in(Visitor { key: None, is_local: true }, Purpose::CodeMode).await.expect("let in");
        access.call_tool("x", "a", "{}", CallContext::default()).await
    };
    assert!(host.run(within(&host.clock, 500, asking)).is_none(), "it is under way");
    assert!(!host.store.borrow().contains_key("connection/x"));
    host.call(&registry, "x", "a", "{}").expect("a result");
    assert!(host.store.borrow().contains_key("connection/x"));
}

#[test]
fn a_server_is_told_of_a_call_whose_caller_has_left() {
    let gateway = Gateway::new();
    gateway.leave_after(50, gateway.call());
    assert!(gateway.registry.has_cancelled());
    gateway.host.run(gateway.registry.tell_cancelled());
    assert!(!gateway.registry.has_cancelled());
    let told = gateway.server.received().pop().expect("the news");
    let call = gateway.server.received().into_iter().rev().find(|request| request.method() == "tools/call");
    assert_eq!(told.method(), "notifications/cancelled");
    assert_eq!(told.body["params"]["requestId"], call.expect("a call").body["id"]);
}
