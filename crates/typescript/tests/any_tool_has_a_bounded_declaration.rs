//! Whatever a server sends, each of its tools has a declaration, of bounded length and made in bounded time.

mod support;

use proptest::prelude::*;
use serde_json::json;
use std::time::{Duration, Instant};
use support::{DETAILS, Server, hostile};
use typescript::{Detail, Listing, MAX_FULL_BYTES, MAX_SIGNATURE_BYTES};

/// Everything around the bounded part: the namespace, and the listing's advice.
const AROUND: usize = 300;

/// Far more than it takes, in a build without optimisation on a busy machine.
const TIME: Duration = Duration::from_secs(5);

fn bound(detail: Detail) -> usize {
    match detail {
        Detail::Signature => MAX_SIGNATURE_BYTES + AROUND,
        Detail::Full => MAX_FULL_BYTES + AROUND,
    }
}

fn only(tool: serde_json::Value) -> Server {
    Server { alias: "hostile".to_string(), tools: vec![tool] }
}

#[test]
fn tools_made_to_do_harm_are_declared_within_bounds() {
    for tool in hostile::made() {
        let server = only(tool);
        for (detail, name) in DETAILS {
            let start = Instant::now();
            let text = server.hits(detail);
            let what = server.tools[0]["name"].as_str().unwrap_or_default();
            assert!(text.len() <= bound(detail), "{what} ({name}): {} bytes", text.len());
            assert!(start.elapsed() < TIME, "{what} ({name}): {:?}", start.elapsed());
        }
    }
}

#[test]
fn one_malformed_tool_does_not_change_the_others() {
    let good = json!({"name": "good", "inputSchema": {"type": "object", "properties": {"a": {"type": "string"}}}});
    let bad = json!({"name": "bad", "inputSchema": "{"});
    let server = Server { alias: "s".to_string(), tools: vec![bad, good] };
    let text = server.hits(Detail::Signature);
    assert!(text.contains("function good(args?: { a?: string }): Promise<unknown>;"), "{text}");
    assert!(text.contains("function bad(args?: Record<string, unknown>): Promise<unknown>;"), "{text}");
}

#[test]
fn what_is_left_out_is_marked() {
    let wide = hostile::made().into_iter().find(|tool| tool["name"] == "wide").expect("it is among them");
    let text = only(wide).hits(Detail::Signature);
    assert!(text.contains("/** 9901 more properties */ [key: string]: unknown"), "{text}");
    let deep = hostile::made().into_iter().find(|tool| tool["name"] == "deep_text").expect("it is among them");
    let text = only(deep).hits(Detail::Signature);
    assert!(text.contains("a?: unknown /* … */"), "{text}");
}

#[test]
fn a_listing_over_its_budget_is_none() {
    let tools = support::corpus().into_iter().find(|server| server.alias == "filesystem").expect("it is there").tools;
    let tool = typescript::Tool {
        server: "files",
        name: "read_file",
        title: None,
        description: tools[0]["description"].as_str(),
        input_schema: &tools[0]["inputSchema"].to_string(),
        result: typescript::ResultSchema::Unknown,
    };
    let listed = |budget| {
        let mut listing = Listing::new(Detail::Signature, budget);
        let more = listing.add(&tool);
        (more, listing.text())
    };
    let (_, whole) = listed(usize::MAX);
    let whole = whole.expect("no budget is that small");
    assert_eq!(listed(whole.len()), (true, Some(whole.clone())));
    assert_eq!(listed(whole.len() - 1).1, None);
    assert_eq!(listed(10), (false, None));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tool_is_declared(tool in hostile::tool()) {
        let server = only(tool);
        for (detail, _) in DETAILS {
            let text = server.hits(detail);
            prop_assert!(text.len() <= bound(detail));
            let whole = text.starts_with("declare namespace tools.hostile {\n") && text.ends_with("}\n");
            prop_assert!(whole, "{}", text);
        }
    }
}
