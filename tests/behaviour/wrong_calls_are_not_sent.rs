//! A call that cannot go well is an error that says how to mend it, and nothing reaches the server.

use serde_json::{Value, json};
use tests::client::{Client, Run};
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

/// Runs `check` against a gateway whose server `files` has the tools `read_file`, `write_file` and `odd`.
fn with_gateway<F: AsyncFnOnce(Client, &Canned)>(check: F) {
    tests::run(async {
        let schema = json!({
            "type": "object",
            "properties": {
                "path": {"type": "string"},
                "mode": {"enum": ["text", "binary"]},
                "lines": {"type": "array", "items": {"type": "integer"}},
                "range": {"$ref": "#/$defs/range"},
            },
            "$defs": {"range": {
                "type": "object", "properties": {"from": {"type": "integer", "minimum": 0}}, "required": ["from"],
            }},
            "required": ["path"],
            "additionalProperties": false,
        });
        let odd = json!({"type": "object", "properties": {"x": {"type": ["string", "null"]}}});
        let upstream = Canned::start([
            CannedTool::new("read_file", Reply::Arguments).with("inputSchema", schema),
            CannedTool::new("write_file", Reply::Arguments),
            CannedTool::new("odd", Reply::Arguments).with("inputSchema", odd),
        ])
        .await;
        let gateway = Gateway::start(&servers([("files", upstream.url()), ("git-hub", upstream.url())])).await;
        check(gateway.client(), &upstream).await;
    });
}

async fn refused(client: Client, upstream: &Canned, code: &str, kind: &str) -> Run {
    let run = client.execute(code).await;
    assert_eq!(run.error_kind(), kind, "{code}: {:#}", run.call_result);
    assert_eq!(upstream.take_calls(), [], "{code}: nothing is sent");
    assert!(run.call_statuses().iter().all(|status| *status == "not_sent"), "{code}: {:#}", run.call_result);
    run
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest_ones() {
    with_gateway(async |client, upstream| {
        for (code, nearest) in [
            ("await tools.files.readFile({ path: 'a' })", "read_file"),
            ("await tools.files.raed_file({ path: 'a' })", "read_file"),
            ("await tools.files['write-file']({})", "write_file"),
            ("await tools.file.read_file({ path: 'a' })", "files"),
            ("await tools.github.read_file({ path: 'a' })", "git"),
            ("await tools['git-hubb'].read_file({ path: 'a' })", "git"),
            ("const server = 'files', tool = 'readfile'; await tools[server][tool]({ path: 'a' })", "read_file"),
        ] {
            let run = refused(client, upstream, code, "unknown_tool").await;
            assert!(run.error_message().contains(nearest), "{code}: {}", run.error_message());
        }
        let run = refused(client, upstream, "await tools.files.send_mail()", "unknown_tool").await;
        assert!(run.error_message().contains("send_mail"), "{}", run.error_message());
    });
}

#[test]
fn an_unknown_tool_is_an_error_that_a_script_can_catch() {
    with_gateway(async |client, upstream| {
        let run = client
            .execute(
                "const pending = tools.files.nope();
                 try { await pending } catch (error) {
                     return [error instanceof Error, error.server, error.tool, typeof error.message];
                 }",
            )
            .await;
        assert_eq!(*run.value(), json!([true, "files", "nope", "string"]));
        assert_eq!(upstream.take_calls(), []);
    });
}

#[test]
fn arguments_that_do_not_fit_are_said_to_be_where_and_how() {
    with_gateway(async |client, upstream| {
        let cases: [(&str, &[&str]); 7] = [
            ("{}", &["path", "missing"]),
            ("{ path: 7 }", &["path", "string", "7"]),
            ("{ path: 'a', mode: 'txt' }", &["mode", "\"text\"", "\"binary\"", "\"txt\""]),
            ("{ path: 'a', lines: [1, 'two'] }", &["lines[1]", "integer", "\"two\""]),
            ("{ path: 'a', range: {} }", &["range", "from"]),
            ("{ path: 'a', range: { from: -1 } }", &["range.from", "-1"]),
            ("{ path: 'a', pth: 'b' }", &["pth"]),
        ];
        for (arguments, words) in cases {
            let code = format!("await tools.files.read_file({arguments})");
            let run = refused(client, upstream, &code, "arguments").await;
            for word in words {
                assert!(run.error_message().contains(word), "{arguments}: {word}: {}", run.error_message());
            }
        }
    });
}

#[test]
fn what_is_no_object_is_no_arguments() {
    with_gateway(async |client, upstream| {
        let arguments = ["'a'", "7", "['a']", "null", "true", "() => 1", "10n", "{ path: 10n }", "Symbol()"];
        for arguments in arguments {
            refused(client, upstream, &format!("await tools.files.read_file({arguments})"), "arguments").await;
        }
        let cycle = "const path = {}; path.path = path; await tools.files.write_file(path)";
        refused(client, upstream, cycle, "arguments").await;
    });
}

#[test]
fn arguments_arrive_as_json_has_them() {
    with_gateway(async |client, upstream| {
        let run = client
            .execute(
                "return await tools.files.write_file({
                     none: undefined, nothing: null, date: new Date(0), nested: { toJSON: () => 'x' },
                     list: [undefined, NaN, -0], text: '\\ud83d\\ude00\\u2028', __proto__: { inherited: 1 },
                     ['__proto__']: 'own', big: 2 ** 53 })",
            )
            .await;
        let expected: Value = json!({
            "nothing": null, "date": "1970-01-01T00:00:00.000Z", "nested": "x", "list": [null, null, 0],
            "text": "😀\u{2028}", "__proto__": "own", "big": 9_007_199_254_740_992_u64,
        });
        assert_eq!(upstream.take_calls(), [("write_file".to_owned(), expected.clone())]);
        assert_eq!(*run.value(), expected);
        let run = client.execute("return await tools.files.write_file()").await;
        assert_eq!(*run.value(), json!({}), "no arguments are an empty object");
    });
}

#[test]
fn a_schema_with_a_list_of_types_hides_nothing() {
    with_gateway(async |client, upstream| {
        let run = client.execute("return await tools.files.odd({ x: null })").await;
        assert_eq!(*run.value(), json!({"x": null}));
        upstream.take_calls();
        refused(client, upstream, "await tools.files.odd({ x: 1 })", "arguments").await;
    });
}

#[test]
fn calls_that_went_through_are_told_apart_from_those_that_did_not() {
    with_gateway(async |client, upstream| {
        let code = "await tools.files.write_file({}); await tools.files.read_file({})";
        let run = client.execute(code).await;
        assert_eq!(run.call_statuses(), ["ok", "not_sent"]);
        assert!(run.text().contains("files.write_file: ok"), "{}", run.text());
        assert!(run.text().contains("files.read_file: not_sent"), "{}", run.text());
        assert_eq!(upstream.take_calls().len(), 1);
    });
}
