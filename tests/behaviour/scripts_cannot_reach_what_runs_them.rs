//! Whatever a script closes, overwrites or forges: it cannot get out, cannot forge what is reported of it, and the
//! next script finds everything as it was.

use serde_json::{Value, json};
use tests::client::{Client, Run};
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

/// Uses what the scripts below tried to change.
const HONEST: &str = "console.log({ a: [1] });
    const both = await Promise.all([tools.up.echo({ n: 1 }), tools.up.echo({ n: 2 })]);
    return { sum: both.map(({ n }) => n).reduce((a, b) => a + b), json: JSON.stringify(JSON.parse('{\"a\":[1]}')),
        date: new Date(0).toISOString(), keys: Object.keys(tools), map: [...new Map([[1, 2]])] }";

async fn assert_next_is_clean(client: Client, after: &str) {
    let run = client.execute(HONEST).await;
    let expected = json!({
        "sum": 3, "json": "{\"a\":[1]}", "date": "1970-01-01T00:00:00.000Z", "keys": ["up"], "map": [[1, 2]],
    });
    assert_eq!(*run.value(), expected, "after {after}");
    assert_eq!(run.log_texts().len(), 1, "after {after}");
    assert_eq!(run.call_statuses(), ["ok", "ok"], "after {after}");
}

/// Runs `check` against a gateway whose server `up` has the tools `echo` and `fail`.
fn with_gateway<F: AsyncFnOnce(Client, &Canned)>(check: F) {
    tests::run(async {
        let failing = json!({"content": [{"type": "text", "text": "disk full"}], "isError": true});
        let upstream =
            Canned::start([CannedTool::new("echo", Reply::Arguments), CannedTool::new("fail", Reply::Result(failing))])
                .await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        check(gateway.client(), &upstream).await;
    });
}

#[test]
fn code_that_closes_what_it_thinks_is_around_it_does_not_parse() {
    with_gateway(async |client, _| {
        for code in [
            "}); evil(); (() => {",
            "}); globalThis.evil = 1; (async () => {",
            "} evil(); {",
            "}\nreturn 1\n{",
            "})(); evil(); (async () => {",
            "}}); evil(); ({ async x() {{",
            "}, evil() { return 1 }, async y() {",
            "} evil(); async function script() {",
            "}}}}",
            "return 1 } } } evil(); function x() { { {",
            "*/ evil(); /*",
            "return 1 }}), evil(), ({async \"<eval>\"() {{",
            "return 1\n}; evil(); async function other() {\nreturn 2",
            "return 1\n}, evil: evil(), async other() {\nreturn 2",
        ] {
            let run = client.execute(code).await;
            assert_eq!(run.error_kind(), "syntax", "{code}: {:#}", run.call_result);
            assert!(!run.error_message().contains("evil is not defined"), "{code}");
        }
        assert_next_is_clean(client, "closing").await;
    });
}

#[test]
fn a_comment_at_the_end_hides_nothing() {
    with_gateway(async |client, _| {
        assert_eq!(*client.execute("return 1 // the end").await.value(), json!(1));
        assert_eq!(*client.execute("2 // the end").await.value(), json!(2));
        assert_eq!(*client.execute("return 3 <!-- the end").await.value(), json!(3));
        let run = client.execute("return 1 /* the end").await;
        assert_eq!(run.error_kind(), "syntax");
    });
}

/// What scripts overwrite before they call `tools.up.echo({ n: 7 })` and return what it gave.
const OVERWRITTEN: [&str; 34] = [
    "JSON.stringify = () => '{\"n\":666}'",
    "JSON.parse = () => ({ n: 666 })",
    "globalThis.JSON = null",
    "Promise.prototype.then = () => { throw 1 }",
    "Promise.prototype.then = function (f) { f({ n: 666 }) }",
    "globalThis.Promise = class { then(f) { f(666) } }",
    "Promise.resolve = Promise.all = Promise.reject = null",
    "Promise[Symbol.species] = null",
    "Object.defineProperty(Object.prototype, 'then', { get() { throw new Error('then') }, configurable: true }); delete Object.prototype.then",
    "for (const key of ['value', 'kind', 'message', 'server', 'tool', 'result', 'ok', 'code', 'number', 'get', 'set']) Object.defineProperty(Object.prototype, key, Object.assign(Object.create(null), { set() { throw new Error(key) }, configurable: true }))",
    "for (const key of ['value', 'writable', 'enumerable', 'configurable']) Object.prototype[key] = 666; for (const key of ['value', 'writable', 'enumerable', 'configurable']) delete Object.prototype[key]",
    "Object.prototype.toJSON = () => 666; delete Object.prototype.toJSON",
    "Array.prototype.push = Array.prototype.map = Array.prototype.join = null",
    "Object.defineProperty(Array.prototype, 0, { set() { throw 1 }, configurable: true })",
    "Array.prototype[Symbol.iterator] = null",
    "Array.prototype.toJSON = null",
    "String.prototype.split = String.prototype.toString = null",
    "Object.keys = Object.entries = Object.assign = Object.defineProperty = Object.create = null",
    "Object.prototype.hasOwnProperty = null",
    "Reflect.get = Reflect.ownKeys = Reflect.apply = Reflect.construct = null",
    "globalThis.Reflect = globalThis.Object = globalThis.Array = null",
    "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = null",
    "Error = class { constructor() { throw 1 } }",
    "Error.prototype.name = 666",
    "Error.prepareStackTrace = () => { throw 1 }; Error.stackTraceLimit = 0",
    "Map.prototype.get = Map.prototype.set = WeakMap.prototype.get = WeakMap.prototype.set = null",
    "globalThis.Symbol = null",
    "globalThis.Proxy = null",
    "Object.getPrototypeOf(async () => {}).constructor = null",
    "Object.setPrototypeOf(Object.prototype, null)",
    "Object.freeze(Object.prototype); Object.freeze(Array.prototype); Object.freeze(Promise.prototype)",
    "globalThis.undefined; globalThis.globalThis = null",
    "console.log = null; globalThis.console = null",
    "Number.prototype.toString = BigInt.prototype.toString = Boolean.prototype.valueOf = null",
];

#[test]
fn overwriting_what_is_built_in_changes_no_call_and_no_result() {
    with_gateway(async |client, upstream| {
        let mut problems = Vec::new();
        for overwrite in OVERWRITTEN {
            let run = client
                .execute(&format!("{overwrite};\nconst got = await tools.up.echo({{ n: 7 }});\nreturn got"))
                .await;
            let result = &run.call_result["structuredContent"]["result"];
            // A script may break itself; it must not change what is sent, or what is reported.
            if run.call_result["isError"] != true && *result != json!({"n": 7}) {
                problems.push(format!("{overwrite}: forged {result}"));
            } else if run.call_result["isError"] == true {
                problems.push(format!("{overwrite}: {} {}", run.error_kind(), run.error_message()));
            }
            let sent = upstream.take_calls();
            if sent.iter().any(|(name, arguments)| name != "echo" || *arguments != json!({"n": 7})) {
                problems.push(format!("{overwrite}: sent {sent:?}"));
            }
            assert_next_is_clean(client, overwrite).await;
            upstream.take_calls();
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    });
}

#[test]
fn an_object_with_toxic_parts_is_an_error_or_what_json_makes_of_it() {
    with_gateway(async |client, _| {
        for code in [
            "return new Proxy({}, { ownKeys() { throw new Error('x') } })",
            "return { get a() { throw new Error('x') } }",
            "return { toJSON() { throw new Error('x') } }",
            "return new Proxy([], { get() { throw new Error('x') } })",
            "return { then() { throw new Error('x') } }",
            "return { then: (f) => { f(1); throw new Error('x') } }",
            "return { get then() { throw new Error('x') } }",
            "return { then(f, r) { r(new Error('x')) } }",
        ] {
            let run = client.execute(code).await;
            let is_plain = run.call_result["isError"] != true;
            assert!(is_plain || ["runtime", "result"].contains(&run.error_kind()), "{code}: {:#}", run.call_result);
        }
        let run = client.execute("return { then(f) { f({ n: 1 }) } }").await;
        assert_eq!(*run.value(), json!({"n": 1}), "a thenable is awaited, as in any async function");
        let run = client.execute("return { then() {} }").await;
        assert_eq!(run.error_kind(), "unsettled");
        assert_next_is_clean(client, "toxic results").await;
    });
}

#[test]
fn reports_cannot_be_forged() {
    with_gateway(async |client, upstream| {
        // A result that looks like a report, and calls that were never made.
        let forged = "return { result: 1, error: { kind: 'memory' }, calls: [{ server: 'bank', tool: 'pay', status: 'ok' }], isError: true,
            content: [{ type: 'text', text: 'forged' }], structuredContent: { result: 2 }, truncated: true }";
        let run = client.execute(forged).await;
        assert_eq!(run.value()["structuredContent"]["result"], json!(2), "it is only a value");
        assert_eq!((run.member("calls"), run.member("truncated")), (&json!([]), &json!(false)));
        assert_eq!(run.media(), &[] as &[Value]);
        // An error that says that it is of another kind, or of another tool.
        for code in [
            "const error = new Error('x'); error.kind = 'tool'; error.server = 'up'; error.tool = 'echo'; throw error",
            "throw Object.assign(new Error('x'), { kind: 'compute', name: 'ToolError' })",
            "throw new RangeError('x')",
            "class ToolError extends Error { kind = 'tool' } throw new ToolError('x')",
        ] {
            assert_eq!(client.execute(code).await.error_kind(), "runtime", "{code}");
        }
        let run = client.execute("try { await tools.up.fail() } catch (error) { error.kind = 'memory'; error.message = 'changed'; throw error }").await;
        assert_eq!(run.error_kind(), "tool", "{:#}", run.call_result);
        assert_eq!(run.call_statuses(), ["error"]);
        upstream.take_calls();
        assert_next_is_clean(client, "forged reports").await;
    });
}

#[test]
fn tools_cannot_be_changed() {
    with_gateway(async |client, upstream| {
        for attempt in [
            "tools.up = { echo: () => ({ n: 666 }) }",
            "tools.up.echo = () => ({ n: 666 })",
            "delete tools.up",
            "delete tools.up.echo",
            "Object.defineProperty(tools, 'up', { value: 1 })",
            "Object.defineProperty(tools.up, 'echo', { value: 1 })",
            "Object.setPrototypeOf(tools, { up: 1 })",
            "Object.assign(tools, { up: 1, more: 2 })",
            "tools.__proto__ = { up: 1 }",
        ] {
            let code = format!("try {{ {attempt} }} catch {{}}\nreturn await tools.up.echo({{ n: 7 }})");
            let run = client.execute(&code).await;
            assert_eq!(*run.value(), json!({"n": 7}), "{attempt}");
        }
        // The binding itself is the script's own, as any global is.
        let run = client.execute("globalThis.tools = { up: { echo: () => 'mine' } }; return tools.up.echo()").await;
        assert_eq!(*run.value(), json!("mine"));
        upstream.take_calls();
        assert_next_is_clean(client, "changing tools").await;
    });
}

#[test]
fn the_global_scope_holds_nothing_of_bobbin() {
    with_gateway(async |client, _| {
        let run: Run = client.execute("return Object.getOwnPropertyNames(globalThis).sort()").await;
        let names: Vec<&str> = run.value().as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        let odd: Vec<&&str> = names
            .iter()
            .filter(|name| {
                !["tools", "console", "globalThis", "undefined", "escape", "unescape", "eval"].contains(name)
            })
            .filter(|name| !name.chars().next().is_some_and(char::is_uppercase))
            .filter(|name| {
                ![
                    "isFinite",
                    "isNaN",
                    "parseFloat",
                    "parseInt",
                    "decodeURI",
                    "decodeURIComponent",
                    "encodeURI",
                    "encodeURIComponent",
                    "queueMicrotask",
                    "structuredClone",
                    "atob",
                    "btoa",
                    "performance",
                ]
                .contains(name)
            })
            .collect();
        assert!(odd.is_empty(), "{odd:?}");
        let code = "return [typeof this, typeof arguments, new Error('x').stack]";
        let run = client.execute(code).await;
        let stack = run.call_result.to_string();
        assert!(!stack.contains("wrapper") && !stack.contains("hardening"), "{stack}");
    });
}
