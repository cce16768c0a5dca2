mod support;

use bytes::Bytes;
use futures::future::{join, join3};
use http::{Method, StatusCode};
use mcp_client::Clock;
use scripted_upstream::{Answer, Received, Upstream, servers};
use serde_json::{Value, json};
use server_registry::{CurrentCatalog, Purpose, Registry, Visitor, Wanted};
use std::{cell::Cell, rc::Rc, time::Duration};
use support::MemoryHost;

/// How long the server takes for a list, in milliseconds.
const LIST_MS: u64 = 3_000;

/// A gateway with one server, whose tools can be changed.
struct Gateway {
    host: MemoryHost,
    server: Upstream,
    tool: Rc<Cell<&'static str>>,
}

/// One instance of it.
type Instance = Rc<Registry<MemoryHost>>;

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        let tool = Rc::new(Cell::new("old"));
        let now = tool.clone();
        let server = host.serve("x", move |received: &Received| match (received.method(), now.get()) {
            ("tools/list", "") => Answer::status(500),
            ("tools/list", name) => servers::tools(received, &[name]).after(LIST_MS),
            _ => servers::legacy(received).expect("a part of the handshake"),
        });
        host.configure(&["x"]);
        Self { host, server, tool }
    }

    /// An instance that has the tools as they are.
    fn instance(&self) -> Instance {
        self.instance_on(&self.host)
    }

    fn instance_on(&self, host: &MemoryHost) -> Instance {
        let registry = host.registry();
        assert_eq!(self.host.run(tools(&registry)), self.tool.get());
        registry
    }

    fn lists(&self) -> usize {
        self.server.methods().iter().filter(|method| *method == "tools/list").count()
    }
}

/// Its tools for somebody who asks now; what is to be done after the answer is done, too.
async fn tools(instance: &Instance) -> String {
    let visitor = Visitor { key: None, is_local: true };
    let access = instance.sign_in(visitor, Purpose::CodeMode).await.expect("this machine");
    let wanted = vec![Wanted { alias: "x".to_string(), known_revisions: Vec::new() }];
    let catalog = access.load_catalogs(wanted).await.remove(0).catalog.expect("a list");
    let CurrentCatalog::Other(catalog) = catalog else { panic!("no revision is known") };
    instance.refresh_due().await;
    catalog.catalog.tools.iter().map(|tool| tool.name.clone()).collect()
}

async fn refresh(instance: &Instance) -> Value {
    let visitor = Visitor { key: None, is_local: true };
    let access = instance.sign_in(visitor, Purpose::CodeMode).await.expect("this machine");
    let request = http::Request::builder().method(Method::POST).uri("/api/v1/servers/x/refresh");
    let answer = access.administer(request.body(Bytes::new()).expect("a request")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    serde_json::from_slice(answer.body()).expect("JSON")
}

fn is_ok(report: &Value) -> bool {
    report["ok"] == true && report["toolCount"] == 1
}

#[test]
fn also_those_that_serve_while_it_is_under_way() {
    let gateway = Gateway::new();
    let (one, other) = (gateway.instance(), gateway.instance());
    gateway.tool.set("new");
    let is_over = Cell::new(false);
    let refreshing = async {
        assert!(is_ok(&refresh(&one).await));
        is_over.set(true);
    };
    let serving = async {
        let mut seen = Vec::new();
        for _ in 0..100 {
            gateway.host.clock.sleep(Duration::from_millis(150)).await;
            let after = is_over.get();
            seen.push((tools(&other).await, after));
        }
        seen
    };
    let ((), seen) = gateway.host.run(join(refreshing, serving));
    let first_new = seen.iter().position(|(tool, _)| tool == "new").expect("the new tools");
    assert!(first_new > 0, "nobody waits for somebody else's refresh");
    assert!(seen[first_new..].iter().all(|(tool, _)| tool == "new"), "never back: {seen:?}");
    assert!(seen.iter().all(|(tool, after)| tool == "new" || !after), "at once: {seen:?}");
    assert_eq!(gateway.lists(), 2, "the other instance takes the list of the first");
    assert_eq!(gateway.host.run(tools(&gateway.host.registry())), "new");
    assert_eq!(gateway.lists(), 2);
}

#[test]
fn however_far_their_clocks_are_apart() {
    const TEN_MINUTES_MS: i64 = 600_000;
    for ahead_ms in [-TEN_MINUTES_MS, TEN_MINUTES_MS] {
        let gateway = Gateway::new();
        let (one, other) = (gateway.instance(), gateway.instance_on(&gateway.host.elsewhere(ahead_ms)));
        for tool in ["new", "newer"] {
            gateway.tool.set(tool);
            assert!(is_ok(&gateway.host.run(refresh(&one))));
            assert_eq!(gateway.host.run(tools(&other)), tool, "{ahead_ms}");
            let lists = gateway.lists();
            for _ in 0..20 {
                assert_eq!(gateway.host.run(tools(&other)), tool, "{ahead_ms}");
            }
            assert_eq!(gateway.lists(), lists, "{ahead_ms}: its list counts");
        }
    }
}

#[test]
fn and_two_at_the_same_time() {
    for apart_ms in [0, 1, LIST_MS / 2, LIST_MS] {
        let gateway = Gateway::new();
        let [one, other, third] = std::array::from_fn(|_| gateway.instance());
        let later = async {
            gateway.host.clock.sleep(Duration::from_millis(apart_ms)).await;
            gateway.tool.set("new");
            refresh(&other).await
        };
        let (first, second, _) = gateway.host.run(join3(refresh(&one), later, tools(&third)));
        assert!(is_ok(&first) && is_ok(&second));
        for instance in [one, other, third, gateway.host.registry()] {
            assert_eq!(gateway.host.run(tools(&instance)), "new", "{apart_ms} ms apart");
        }
    }
}

#[test]
fn also_where_the_list_cannot_be_left_for_them() {
    let gateway = Gateway::new();
    let (one, other) = (gateway.instance(), gateway.instance());
    gateway.tool.set("new");
    gateway.host.break_store("catalog/");
    assert!(is_ok(&gateway.host.run(refresh(&one))));
    assert_eq!(gateway.host.run(tools(&other)), "new");
    let lists = gateway.lists();
    assert_eq!(gateway.host.run(tools(&other)), "new");
    assert_eq!(gateway.lists(), lists, "it is fetched once");
}

#[test]
fn but_one_that_fails_changes_nothing_for_them() {
    let gateway = Gateway::new();
    let (one, other) = (gateway.instance(), gateway.instance());
    gateway.tool.set("");
    let report = gateway.host.run(refresh(&one));
    assert_eq!((&report["ok"], &report["error"]["kind"]), (&json!(false), &json!("httpStatus")), "{report}");
    let lists = gateway.lists();
    assert_eq!(gateway.host.run(tools(&other)), "old");
    assert_eq!(gateway.lists(), lists);
    assert_eq!(gateway.host.run(tools(&one)), "old", "an older list is better than none");
}

#[test]
fn and_a_server_that_comes_again_under_its_alias_has_refreshes_of_its_own() {
    let gateway = Gateway::new();
    gateway.host.set("servers", &json!({}));
    let (one, other) = (gateway.host.registry(), gateway.host.registry());
    let change = |method: Method, body: &Value| {
        let access = gateway.host.open(&one).expect("a configuration");
        support::administer(&gateway.host, &access, method, "/api/v1/servers/x", body).0
    };
    for tool in ["first", "second"] {
        gateway.tool.set(tool);
        assert_eq!(change(Method::PUT, &json!({"url": "https://x/mcp"})), StatusCode::CREATED);
        assert_eq!(gateway.host.run(tools(&other)), tool);
        gateway.tool.set("new");
        assert!(is_ok(&gateway.host.run(refresh(&one))));
        assert_eq!(gateway.host.run(tools(&other)), "new");
        assert_eq!(change(Method::DELETE, &Value::Null), StatusCode::NO_CONTENT);
        gateway.host.list(&other).expect("no server");
    }
}
