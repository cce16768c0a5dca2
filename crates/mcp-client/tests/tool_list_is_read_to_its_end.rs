use mcp_client::{Catalog, Error, Limits};
use scripted_upstream::{Answer, Received, Upstream, VirtualClock, client_within, run, servers};
use serde_json::{Value, json};

/// Lists the tools of a modern server whose pages are made by the function, within limits.
fn list(limits: Limits, page: impl Fn(&Received) -> Value + 'static) -> (Result<Catalog, Error>, Vec<Value>) {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| {
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(page(received))))
    });
    let catalog = run(&clock, client_within(&clock, &upstream, limits).list_tools());
    let cursors =
        upstream.received().iter().skip(1).map(|received| received.body["params"]["cursor"].clone()).collect();
    (catalog, cursors)
}

fn tool(name: &str) -> Value {
    json!({"name": name, "inputSchema": {"type": "object"}})
}

fn names(catalog: &Catalog) -> Vec<&str> {
    catalog.tools.iter().map(|tool| tool.name.as_str()).collect()
}

#[test]
fn pages_are_followed_until_there_is_no_cursor() {
    let (catalog, cursors) = list(Limits::default(), |received| match received.body["params"]["cursor"].as_str() {
        None => json!({"tools": [tool("a")], "nextCursor": "two", "ttlMs": 5_000}),
        // An empty cursor is valid, and so is an empty page.
        Some("two") => json!({"tools": [], "nextCursor": "", "ttlMs": 2_000}),
        Some("") => json!({"tools": [tool("b"), tool("c")], "ttlMs": 9_000}),
        Some(other) => panic!("no such cursor: {other}"),
    });
    let catalog = catalog.expect("a list");
    assert_eq!(names(&catalog), ["a", "b", "c"]);
    assert_eq!(catalog.ttl_ms, Some(2_000), "the shortest counts");
    assert_eq!(cursors, [Value::Null, json!("two"), json!("")]);
}

#[test]
fn a_list_that_never_ends_is_refused() {
    let (catalog, cursors) = list(Limits { pages: 10, ..Limits::default() }, |received| {
        let page = received.body["params"]["cursor"].as_str().unwrap_or("0").parse::<u32>().expect("a number");
        json!({"tools": [tool(&format!("t{page}"))], "nextCursor": (page + 1).to_string()})
    });
    assert_eq!(cursors.len(), 10);
    let error = catalog.expect_err("endless").to_string();
    assert!(error.contains("\"scripted\"") && error.contains("more than 10 pages"), "{error}");
}

#[test]
fn a_list_that_goes_in_circles_is_refused() {
    let (catalog, cursors) = list(Limits::default(), |_| json!({"tools": [], "nextCursor": "same"}));
    assert_eq!(cursors.len(), 2);
    assert!(catalog.expect_err("a circle").to_string().contains("repeats its cursor"));
}

#[test]
fn too_many_tools_are_refused() {
    let page = |count: usize| json!({"tools": (0..count).map(|index| tool(&index.to_string())).collect::<Vec<_>>()});
    let limits = Limits { tools: 20, ..Limits::default() };
    list(limits, move |_| page(20)).0.expect("just as many as allowed");
    let error = list(limits, move |_| page(21)).0.expect_err("one more").to_string();
    assert!(error.contains("more than 20 tools"), "{error}");
}

#[test]
fn too_many_bytes_are_refused() {
    let limits = Limits { catalog_bytes: 1_000, ..Limits::default() };
    let (catalog, _) = list(limits, |received| {
        let page = received.body["params"]["cursor"].as_str().unwrap_or("0").parse::<u32>().expect("a number");
        let mut tool = tool(&page.to_string());
        tool["description"] = "x".repeat(400).into();
        json!({"tools": [tool], "nextCursor": (page + 1).to_string()})
    });
    let error = catalog.expect_err("too large").to_string();
    assert!(error.contains("more than 1000 bytes"), "{error}");
}

#[test]
fn cursors_and_what_is_malformed_count() {
    let limits = Limits { catalog_bytes: 1_000, ..Limits::default() };
    let (catalog, cursors) = list(limits, |received| {
        let cursor = received.body["params"]["cursor"].as_str().unwrap_or_default();
        json!({"tools": [], "nextCursor": format!("{cursor}{}", "x".repeat(300))})
    });
    assert_eq!(cursors.len(), 3);
    assert!(catalog.expect_err("too large").to_string().contains("more than 1000 bytes"));

    let limits = Limits { tools: 20, ..Limits::default() };
    list(limits, |_| json!({"tools": vec![7; 20]})).0.expect("just as many as allowed");
    let error = list(limits, |_| json!({"tools": vec![7; 21]})).0.expect_err("one more").to_string();
    assert!(error.contains("more than 20 tools"), "{error}");
}

#[test]
fn what_is_no_list_is_refused() {
    for result in [json!({}), json!({"tools": {}}), json!([]), json!("tools")] {
        let shown = result.to_string();
        let error = list(Limits::default(), move |_| result.clone()).0.expect_err(&shown);
        assert!(error.to_string().contains("\"tools\" is no array"), "{error}");
    }
}
