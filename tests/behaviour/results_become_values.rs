//! What a call gives: its structured content, its text or its blocks, with nothing changed and nothing dropped; and
//! what fails is an `Error` that says who failed and why.

use serde_json::{Value, json};
use tests::client::{Client, Run};
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

/// Texts, and what a script sees of each.
fn texts() -> [(&'static str, &'static str, Value); 12] {
    [
        ("number", "42", json!("42")),
        ("zeros", "007", json!("007")),
        ("boolean", "true", json!("true")),
        ("nothing", "null", json!("null")),
        ("quoted", "\"quoted\"", json!("\"quoted\"")),
        ("empty", "", json!("")),
        ("broken", "{broken", json!("{broken")),
        ("two", "{} {}", json!("{} {}")),
        ("object", "{\"a\": [1]}", json!({"a": [1]})),
        ("array", " [1, \"2\"] ", json!([1, "2"])),
        ("large", "{\"id\": 9007199254740993}", json!({"id": 9_007_199_254_740_992_u64})),
        ("proto", "{\"__proto__\": {\"x\": 1}}", json!({"__proto__": {"x": 1}})),
    ]
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn image() -> Value {
    json!({"type": "image", "data": "AAAA", "mimeType": "image/png"})
}

fn audio() -> Value {
    json!({"type": "audio", "data": "BBBB", "mimeType": "audio/wav"})
}

fn resource() -> Value {
    json!({"type": "resource", "resource": {"uri": "note://1", "mimeType": "text/plain", "text": "hello"}})
}

fn link() -> Value {
    json!({"type": "resource_link", "uri": "note://2", "name": "two"})
}

fn tools() -> Vec<CannedTool> {
    let result = |name: &str, result: Value| CannedTool::new(name, Reply::Result(result));
    let structured = json!({"content": [text("as text")], "structuredContent": {"n": 1}});
    let of_texts = texts().map(|(name, content, _)| CannedTool::text(name, content));
    let mut tools = vec![
        result("structured", structured.clone()),
        result("declared", structured).with("outputSchema", json!({"type": "object"})),
        result("structured_text", json!({"content": [], "structuredContent": {"text": "42"}})),
        result("two_texts", json!({"content": [text("1"), text("2")]})),
        result("no_content", json!({"content": []})),
        result("one_image", json!({"content": [image()]})),
        result("mixed", json!({"content": [text("see"), image(), audio(), resource(), link()]})),
        result("failing", json!({"content": [text("disk full"), text("try later")], "isError": true})),
        result(
            "failing_with_data",
            json!({"content": [text("quota")], "structuredContent": {"left": 0}, "isError": true}),
        ),
        result("failing_silently", json!({"content": [], "isError": true})),
        CannedTool::new(
            "rejecting",
            Reply::Error(json!({"code": -32099, "message": "no licence", "data": {"seats": [1, 2]}})),
        ),
    ];
    tools.extend(of_texts);
    tools
}

/// Runs `check` against a gateway whose server `up` has the tools above.
fn with_gateway<F: AsyncFnOnce(Client)>(check: F) {
    tests::run(async {
        let upstream = Canned::start(tools()).await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        check(gateway.client()).await;
    });
}

#[test]
fn text_keeps_its_type_unless_it_is_an_object_or_array() {
    with_gateway(async |client| {
        for (name, _, expected) in texts() {
            let run = client.execute(&format!("return await tools.up.{name}()")).await;
            assert_eq!(*run.value(), expected, "{name}");
        }
    });
}

#[test]
fn structured_content_comes_first_with_and_without_an_output_schema() {
    with_gateway(async |client| {
        let run = client
            .execute(
                "return [await tools.up.structured(), await tools.up.declared(), await tools.up.structured_text()]",
            )
            .await;
        assert_eq!(*run.value(), json!([{"n": 1}, {"n": 1}, {"text": "42"}]));
    });
}

#[test]
fn other_content_is_the_array_of_its_blocks() {
    with_gateway(async |client| {
        let run = client.execute("return [await tools.up.two_texts(), await tools.up.no_content()]").await;
        assert_eq!(*run.value(), json!([[text("1"), text("2")], []]));
        let code = "const blocks = await tools.up.mixed();
                    return blocks.map(({ type, data, text, uri, resource }) => [type, data ?? text ?? uri ?? resource.text])";
        let run = client.execute(code).await;
        let seen = json!([
            ["text", "see"],
            ["image", "AAAA"],
            ["audio", "BBBB"],
            ["resource", "hello"],
            ["resource_link", "note://2"]
        ]);
        assert_eq!(*run.value(), seen);
    });
}

#[test]
fn media_anywhere_in_a_result_become_content_blocks() {
    with_gateway(async |client| {
        let run = client
            .execute(
                "const [, image, audio, resource, link] = await tools.up.mixed();
                 return { title: 'all', deep: [{ image }, [audio]], resource, link, made: { type: 'image', data: 'CCCC', mimeType: 'image/gif' } }",
            )
            .await;
        let made = json!({"type": "image", "data": "CCCC", "mimeType": "image/gif"});
        let mut media = run.media().to_vec();
        media.sort_by_key(Value::to_string);
        let mut expected = vec![image(), audio(), resource(), link(), made];
        expected.sort_by_key(Value::to_string);
        assert_eq!(media, expected);
        let result = run.value();
        assert_eq!(result["title"], "all");
        let number = result["deep"][0]["image"]["attached"].as_u64().expect("a number");
        assert_eq!(run.media()[usize::try_from(number).expect("small") - 1], image(), "the note leads to the block");
        let json = run.member("result").to_string();
        assert!(["AAAA", "BBBB", "CCCC"].iter().all(|data| !json.contains(data)), "no base64 in JSON: {json}");
        assert!(!run.text().contains("AAAA"), "nor in the text: {}", run.text());
    });
}

#[test]
fn a_tool_that_fails_rejects_with_an_error_that_says_all() {
    let describe = "({ is: error instanceof Error, server: error.server, tool: error.tool, message: error.message,
                       code: error.code, data: error.data })";
    with_gateway(async |client| {
        for (tool, message, code, data) in [
            ("failing", "disk full\ntry later", Value::Null, Value::Null),
            ("failing_with_data", "quota", Value::Null, json!({"left": 0})),
            ("rejecting", "no licence", json!(-32099), json!({"seats": [1, 2]})),
        ] {
            let run = client
                .execute(&format!("try {{ await tools.up.{tool}() }} catch (error) {{ return {describe} }}"))
                .await;
            let error = run.value();
            assert_eq!((&error["is"], &error["server"], &error["tool"]), (&json!(true), &json!("up"), &json!(tool)));
            assert!(error["message"].as_str().is_some_and(|text| text.contains(message)), "{error}");
            assert_eq!((&error["code"], &error["data"]), (&code, &data), "{error}");
        }
        let run =
            client.execute("try { await tools.up.failing_silently() } catch (error) { return error.message }").await;
        assert!(run.value().as_str().is_some_and(|text| !text.is_empty()), "{:#}", run.call_result);
    });
}

#[test]
fn all_settled_sees_both_ends() {
    with_gateway(async |client| {
        let run = client
            .execute(
                "const settled = await Promise.allSettled([tools.up.failing(), tools.up.structured(), tools.up.rejecting()]);
                 return settled.map(({ status, value, reason }) => [status, value ?? reason.code ?? reason.message])",
            )
            .await;
        let expected = json!([["rejected", "disk full\ntry later"], ["fulfilled", {"n": 1}], ["rejected", -32099]]);
        assert_eq!(*run.value(), expected);
        assert_eq!(run.call_statuses(), ["error", "ok", "error"]);
    });
}

fn assert_is_failure_of(run: &Run, words: &[&str]) {
    assert_eq!(run.error_kind(), "tool", "{:#}", run.call_result);
    for word in words {
        assert!(run.error_message().contains(word), "{word}: {}", run.error_message());
        assert!(run.text().contains(word), "{word}: {}", run.text());
    }
}

#[test]
fn an_uncaught_failure_is_the_error_of_the_run_with_the_tools_own_words() {
    with_gateway(async |client| {
        assert_is_failure_of(&client.execute("await tools.up.failing()").await, &["disk full"]);
        assert_is_failure_of(&client.execute("return tools.up.rejecting()").await, &["no licence"]);
        let code = "return await Promise.all([tools.up.structured(), tools.up.rejecting()])";
        assert_is_failure_of(&client.execute(code).await, &["no licence"]);
        // Nobody awaits it, and nobody handles it.
        let run = client.execute("(async () => { await tools.up.failing() })(); return 1").await;
        assert_is_failure_of(&run, &["disk full"]);
    });
}
