//! Too deep a recursion is an error that the script can catch, or one of its syntax; the instance and the other
//! runs on it live on.

use serde_json::json;
use tests::gateway::Gateway;
use tests::upstream::{Stopwatch, servers};

/// Scripts that recurse for ever, in the place of `RECURSE` in [`CATCH`].
const ENDLESS: [(&str, &str); 18] = [
    ("calls", "function f() { return f() + 1 } f()"),
    ("mutual calls", "const f = () => g(), g = () => f(); f()"),
    ("methods", "const o = { f() { return this.f() + 1 } }; o.f()"),
    ("constructors", "class A { constructor() { this.a = new A() } } new A()"),
    ("getters", "const o = { get a() { return this.a + 1 } }; o.a"),
    ("setters", "const o = { set a(value) { this.a = value } }; o.a = 1"),
    ("proxies", "const p = new Proxy({}, { get(target, name, self) { return self[name] } }); p.a"),
    ("chained proxies", "let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.a"),
    ("sort callbacks", "const f = () => [2, 1].sort(f); f()"),
    ("map callbacks", "const f = () => [1].map(f); f()"),
    ("replace callbacks", "const f = () => 'a'.replace('a', f); f()"),
    ("toString", "const o = { toString() { return `${this}` } }; String(o)"),
    ("valueOf", "const o = { valueOf() { return +this } }; +o"),
    ("generators", "function* f() { yield* f() } f().next()"),
    ("spread of iterators", "const o = { [Symbol.iterator]() { return [...this] } }; [...o]"),
    ("revivers", "const f = () => JSON.parse('[1]', f); f()"),
    ("toJSON", "const o = { toJSON() { return JSON.stringify(this) } }; JSON.stringify(o)"),
    ("bound functions", "let f = () => 1; for (let i = 0; i < 1e4; i++) { f = f.bind(null); delete f.name } f()"),
];

/// Scripts that recurse for ever in async functions.
const ENDLESS_ASYNC: [(&str, &str); 2] = [
    ("async functions", "async function f() { return (await f()) + 1 } await f()"),
    ("async generators", "async function* f() { yield* f() } for await (const x of f()) break"),
];

/// Values and texts that are nested too deep to be walked.
const DEEP: [(&str, &str); 6] = [
    ("JSON.parse of arrays", "JSON.parse('['.repeat(200000) + ']'.repeat(200000))"),
    ("JSON.parse of objects", "JSON.parse('{\"a\":'.repeat(100000) + '1' + '}'.repeat(100000))"),
    ("JSON.stringify of arrays", "let a = []; for (let i = 0; i < 200000; i++) a = [a]; JSON.stringify(a)"),
    ("JSON.stringify of objects", "let o = {}; for (let i = 0; i < 200000; i++) o = { o }; JSON.stringify(o)"),
    ("toString of arrays", "let a = []; for (let i = 0; i < 200000; i++) a = [a]; String(a)"),
    ("regular expressions", "new RegExp('('.repeat(200000) + ')'.repeat(200000))"),
];

const CATCH: &str = "try { RECURSE; return 'nothing was thrown' } catch (error) { return error.name }";

/// What nests in source: the opening, the middle and the closing.
const SOURCE: [(&str, &str, &str); 16] = [
    ("[", "", "]"),
    ("(", "1", ")"),
    ("{", "", "}"),
    ("({a:", "1", "})"),
    ("f(", "1", ")"),
    ("() => ", "1", ""),
    ("!", "1", ""),
    ("- ", "1", ""),
    ("if (1) ", ";", ""),
    ("`${", "1", "}`"),
    ("1 ? 1 : ", "1", ""),
    ("a ? ", "1", ": 1"),
    ("2 ** ", "1", ""),
    ("a = ", "1", ""),
    ("a[", "0", "]"),
    ("await ", "1", ""),
];

fn with_gateway<F: AsyncFnOnce(&Gateway)>(check: F) {
    tests::run(async {
        let upstream = Stopwatch::start().await;
        let gateway = Gateway::start(&servers([("stopwatch", upstream.url())])).await;
        // Under way while the others recurse.
        let client = gateway.client();
        let neighbour = tokio::spawn(async move { client.execute("return tools.stopwatch.wait({ ms: 3000 })").await });
        check(&gateway).await;
        assert_eq!(neighbour.await.expect("the neighbour is answered").value(), "done");
        assert_eq!(*gateway.client().execute("return 1").await.value(), json!(1));
    });
}

async fn is_caught(gateway: &Gateway, name: &str, recurse: &str) {
    let run = gateway.client().execute(&CATCH.replace("RECURSE", recurse)).await;
    let thrown = run.value();
    assert!(thrown == "RangeError" || thrown == "SyntaxError", "{name}: {thrown}");
}

#[test]
fn endless_recursion_is_caught() {
    with_gateway(async |gateway| {
        for (name, recurse) in ENDLESS.into_iter().chain(ENDLESS_ASYNC) {
            is_caught(gateway, name, recurse).await;
        }
    });
}

#[test]
fn deep_values_are_caught() {
    with_gateway(async |gateway| {
        for (name, recurse) in DEEP {
            is_caught(gateway, name, recurse).await;
        }
    });
}

#[test]
fn uncaught_recursion_is_the_error_of_the_run() {
    with_gateway(async |gateway| {
        for (name, recurse) in ENDLESS.into_iter().chain(ENDLESS_ASYNC) {
            let run = gateway.client().execute(recurse).await;
            assert_eq!(run.error_kind(), "stack", "{name}: {:#}", run.call_result);
        }
    });
}

#[test]
fn deeply_nested_source_is_run_or_refused() {
    with_gateway(async |gateway| {
        for (open, middle, close) in SOURCE {
            for depth in [1_000, 5_000, 20_000] {
                let run = gateway.client().execute(&(open.repeat(depth) + middle + &close.repeat(depth))).await;
                let refused = run.call_result["isError"] == true && ["syntax", "stack"].contains(&run.error_kind());
                // What is not refused is run: to a value, or an error of the script.
                let ran = depth < 20_000 && (run.call_result["isError"] != true || run.error_kind() == "runtime");
                assert!(refused || ran, "{depth} of {open}: {:#}", run.call_result);
            }
        }
    });
}

#[test]
fn a_result_that_is_too_deep_is_an_error() {
    with_gateway(async |gateway| {
        let run = gateway.client().execute("let a = []; for (let i = 0; i < 200000; i++) a = [a]; return a").await;
        assert!(["stack", "result"].contains(&run.error_kind()), "{:#}", run.call_result);
    });
}

#[test]
fn a_recursion_that_fits_works() {
    with_gateway(async |gateway| {
        let run =
            gateway.client().execute("const depth = (n) => (n === 0 ? 0 : 1 + depth(n - 1)); return depth(50)").await;
        assert_eq!(*run.value(), json!(50));
    });
}
