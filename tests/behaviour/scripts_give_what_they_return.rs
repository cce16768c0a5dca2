//! The result of a script: what it returns or its last expression, as JSON has it, and nothing of an earlier run.

use serde_json::{Value, json};
use tests::client::Client;
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, servers};

/// Runs `check` against a gateway whose server `up` has the tool `wait`.
fn with_gateway<F: AsyncFnOnce(Client, &Canned)>(check: F) {
    tests::run(async {
        let upstream = Canned::start([CannedTool::wait(), CannedTool::text("say", "said")]).await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        check(gateway.client(), &upstream).await;
    });
}

async fn assert_gives(client: Client, code: &str, expected: Value) {
    assert_eq!(*client.execute(code).await.value(), expected, "{code}");
}

#[test]
fn a_script_gives_what_it_returns() {
    with_gateway(async |client, _| {
        assert_gives(client, "return 1", json!(1)).await;
        assert_gives(client, "if (true) { return 'early' } return 'late'", json!("early")).await;
        assert_gives(client, "return tools.up.say()", json!("said")).await;
        assert_gives(client, "return (async () => ({ n: 1 }))()", json!({"n": 1})).await;
        assert_gives(client, "const x = await tools.up.say()\nreturn { x }", json!({"x": "said"})).await;
    });
}

#[test]
fn without_a_return_the_last_expression_is_the_result() {
    with_gateway(async |client, _| {
        assert_gives(client, "1 + 1", json!(2)).await;
        assert_gives(client, "const x = 3; x * 2", json!(6)).await;
        assert_gives(client, "await tools.up.say()", json!("said")).await;
        assert_gives(client, "tools.up.say()", json!("said")).await;
        assert_gives(client, "const f = () => { return 5 }\nf()", json!(5)).await;
        assert_gives(client, "({ a: 1 })", json!({"a": 1})).await;
        assert_gives(client, "'returns nothing, // return 7'", json!("returns nothing, // return 7")).await;
        assert_gives(client, "let s = ''; for (const c of 'ab') { s += c } s", json!("ab")).await;
    });
}

#[test]
fn undefined_and_null_differ() {
    with_gateway(async |client, _| {
        for code in ["return", "return undefined", "const x = 1", "", "// nothing"] {
            let run = client.execute(code).await;
            run.value();
            assert!(run.call_result["structuredContent"].get("result").is_none(), "{code:?}: {:#}", run.call_result);
        }
        let run = client.execute("return null").await;
        assert_eq!(run.call_result["structuredContent"].get("result"), Some(&Value::Null), "{:#}", run.call_result);
        assert_gives(client, "return [undefined, null, { a: undefined, b: null }]", json!([null, null, {"b": null}]))
            .await;
    });
}

#[test]
fn fences_are_stripped() {
    with_gateway(async |client, _| {
        for code in [
            "```js\nreturn 1\n```",
            "```\nreturn 1\n```",
            "```javascript\nreturn 1\n```\n",
            "\n\n```js\n1\n```\n\n",
            "```js\r\nreturn 1\r\n```",
        ] {
            assert_gives(client, code, json!(1)).await;
        }
        let inner = "const fence = '```'; return fence + fence";
        assert_gives(client, inner, json!("``````")).await;
    });
}

#[test]
fn a_result_that_is_no_json_is_an_error_that_says_so() {
    with_gateway(async |client, _| {
        for (code, word) in [
            ("const a = { b: [] }; a.b.push(a); return a", "itself"),
            ("return 10n", "BigInt"),
            ("return { rows: [1, { id: 10n }] }", "BigInt"),
            ("return () => 1", "function"),
            ("return { f() {} }", "function"),
            ("return Symbol('s')", "symbol"),
            ("return tools.up.say", "function"),
        ] {
            let run = client.execute(code).await;
            assert_eq!(run.error_kind(), "result", "{code}: {:#}", run.call_result);
            let message = run.error_message().to_lowercase();
            assert!(message.contains(&word.to_lowercase()), "{code}: {message}");
        }
        let run = client.execute("return { rows: [1, { id: 10n }] }").await;
        assert!(run.error_message().contains("rows[1].id"), "says where: {}", run.error_message());
    });
}

#[test]
fn values_are_as_json_has_them() {
    with_gateway(async |client, _| {
        let code = "return { date: new Date(0), nan: NaN, list: [1, , 3], map: new Map([[1, 2]]) instanceof Map,
            json: { toJSON: () => 'j' }, text: '\\ud83d\\ude00', zero: -0, boxed: Object(1), proto: { ['__proto__']: 1 } }";
        let expected = json!({
            "date": "1970-01-01T00:00:00.000Z", "nan": null, "list": [1, null, 3], "map": true, "json": "j",
            "text": "😀", "zero": 0, "boxed": 1, "proto": {"__proto__": 1},
        });
        assert_gives(client, code, expected).await;
    });
}

#[test]
fn calls_that_nobody_awaits_run_to_their_end_and_are_reported() {
    with_gateway(async |client, upstream| {
        let run = client.execute("tools.up.wait({ ms: 80 }); await tools.up.say(); return 'first'").await;
        assert_eq!(*run.value(), json!("first"));
        assert_eq!(upstream.abandoned(), 0);
        assert!(run.took.as_millis() >= 80, "{:?}", run.took);
        let calls = run.member("calls");
        assert_eq!((&calls[0]["status"], &calls[0]["unawaited"]), (&json!("ok"), &json!(true)), "{calls:#}");
        assert_eq!((&calls[1]["status"], &calls[1]["unawaited"]), (&json!("ok"), &Value::Null), "{calls:#}");
        assert!(calls[0]["ms"].as_u64() >= Some(80), "{calls:#}");
    });
}

#[test]
fn what_a_result_carries() {
    with_gateway(async |client, _| {
        let (one, other) = (client.execute("return 1").await, client.execute("return 1").await);
        for run in [&one, &other] {
            let text: Value = serde_json::from_str(run.text()).expect("JSON");
            assert_eq!(text, run.call_result["structuredContent"], "the same as text");
            assert_eq!((run.member("truncated"), run.member("logs")), (&json!(false), &json!([])));
            assert!(run.member("duration_ms").is_u64() && run.member("calls").is_array(), "{:#}", run.call_result);
        }
        assert_ne!(one.member("execution_id"), other.member("execution_id"));
    });
}

#[test]
fn nothing_survives_a_run() {
    with_gateway(async |client, _| {
        let code = "globalThis.left = 1; var alsoLeft = 1; Object.prototype.polluted = 1; Array.prototype.map = null;
                    JSON.stringify = () => '9'; Math.random = () => 4; Date.now = () => 5; tools.up = 1; delete Map.prototype.get;
                    return 'done'";
        client.execute(code).await;
        let code =
            "return [typeof left, typeof alsoLeft, ({}).polluted, [1].map((x) => x + 1), JSON.stringify({ a: 1 }),
                    Math.random() === 4, Date.now() === 5, new Map([[1, 2]]).get(1), await tools.up.say()]";
        let expected = json!(["undefined", "undefined", null, [2], "{\"a\":1}", false, false, 2, "said"]);
        assert_gives(client, code, expected).await;
    });
}

#[test]
fn time_and_chance_work() {
    with_gateway(async |client, _| {
        let code = "const before = Date.now(); await tools.up.wait({ ms: 50 }); const after = Date.now();
                    return { before, passed: after - before, year: new Date().getFullYear(), iso: new Date(before).toISOString(),
                        random: Array.from({ length: 100 }, Math.random) }";
        let (one, other) = (client.execute(code).await, client.execute(code).await);
        let value = one.value();
        assert!(value["passed"].as_u64().is_some_and(|ms| (45..2_000).contains(&ms)), "{value}");
        assert!(value["year"].as_u64() >= Some(2024), "{value}");
        let random = value["random"].as_array().expect("a list");
        assert!(random.iter().all(|one| one.as_f64().is_some_and(|one| (0.0..1.0).contains(&one))));
        assert_ne!(random[0], random[1]);
        assert_ne!(value["random"], other.value()["random"], "runs differ");
    });
}

#[test]
fn there_is_no_way_to_make_code_and_no_host() {
    with_gateway(async |client, _| {
        for name in [
            "fetch",
            "process",
            "require",
            "setTimeout",
            "setInterval",
            "XMLHttpRequest",
            "Deno",
            "Bun",
            "std",
            "os",
            "module",
            "exports",
            "window",
            "WebAssembly",
            "SharedArrayBuffer",
        ] {
            assert_gives(client, &format!("return typeof {name}"), json!("undefined")).await;
        }
        for code in [
            "eval('1')",
            "(0, eval)('1')",
            "Function('return 1')()",
            "new Function('return 1')()",
            "(() => {}).constructor('return 1')()",
            "(async () => {}).constructor('return 1')()",
            "(function* () {}).constructor('return 1')()",
            "(async function* () {}).constructor('return 1')()",
            "Reflect.construct(Function, ['return 1'])()",
            "tools.up.say.constructor('return 1')()",
            "console.log.constructor('return 1')()",
            "Object.getPrototypeOf(async () => {}).constructor('return 1')()",
            "class F extends Function { constructor() { super('return 1') } } new F()()",
            "await import('qjs:os')",
            "await import('os')",
            "await import('./x.js')",
            "await import('data:text/javascript,1')",
            "fetch('http://127.0.0.1')",
            "require('fs')",
            "process.exit()",
        ] {
            let run = client
                .execute(&format!("try {{ {code}; return 'it worked' }} catch (error) {{ return error.name }}"))
                .await;
            let is_refused = run.call_result["isError"] == true || *run.value() != json!("it worked");
            assert!(is_refused, "{code}: {:#}", run.call_result);
        }
    });
}

#[test]
fn what_a_script_misses_is_named_with_what_to_do_instead() {
    with_gateway(async |client, _| {
        for (code, name, instead) in [
            ("setTimeout(() => {}, 1)", "setTimeout", "await"),
            ("await fetch('http://x')", "fetch", "call a tool"),
            ("require('fs')", "require", "`tools`"),
            ("process.env.HOME", "process", "`tools`"),
        ] {
            let run = client.execute(code).await;
            assert_eq!(run.error_kind(), "runtime", "{code}");
            let message = run.error_message();
            assert!(message.contains(name) && message.contains(instead), "{code}: {message}");
        }
        for (code, instead) in
            [("import fs from 'fs'; return 1", "`tools`"), ("const x: number = 1; return x", "leave out TypeScript")]
        {
            let run = client.execute(code).await;
            assert_eq!(run.error_kind(), "syntax", "{:#}", run.call_result);
            assert!(run.error_message().contains(instead), "{code}: {}", run.error_message());
        }
    });
}
