//! What a call of a real server gives to a script, and what a failing one throws.

use serde_json::json;
use tests::gateway::Gateway;
use tests::upstream::{self, servers};

/// The result of a script that calls the FastMCP server as `fast`.
fn returned(code: &str) -> serde_json::Value {
    tests::run(async {
        let fastmcp = upstream::fastmcp();
        let gateway = Gateway::start(&servers([("fast", fastmcp.url())])).await;
        gateway.client().execute(code).await.value().clone()
    })
}

#[test]
fn text_keeps_its_type_unless_it_is_an_object_or_array() {
    let code = r#"
        const texts = ["42", "007", "true", "null", "plain", "{\"a\": [1]}", "[1, 2]", "{broken"];
        return await Promise.all(texts.map((text) => tools.fast.echo({ text })));
    "#;
    assert_eq!(returned(code), json!(["42", "007", "true", "null", "plain", {"a": [1]}, [1, 2], "{broken"]));
}

#[test]
fn structured_content_comes_before_text() {
    assert_eq!(returned("return await tools.fast.city({ name: 'Ulm' })"), json!({"name": "Ulm", "population": 3000}));
}

#[test]
fn a_failing_tool_throws_an_error_that_says_so() {
    let code = r#"
        try {
            await tools.fast.fail({ reason: "out of paper" });
        } catch (error) {
            return { isError: error instanceof Error, message: error.message, server: error.server, tool: error.tool };
        }
    "#;
    let caught = returned(code);
    assert_eq!(caught["isError"], true, "{caught}");
    assert!(caught["message"].as_str().is_some_and(|text| text.contains("out of paper")), "{caught}");
    assert_eq!((&caught["server"], &caught["tool"]), (&json!("fast"), &json!("fail")));
}

#[test]
fn images_are_content_blocks() {
    let blocks = returned("return (await tools.fast.picture({})).map(({ type, mimeType }) => ({ type, mimeType }))");
    assert_eq!(blocks, json!([{"type": "image", "mimeType": "image/png"}]));
}
