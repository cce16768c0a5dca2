//! Too deep a recursion, of whatever kind, is an error that the script can catch; uncaught, it ends this session only.

mod support;

use javascript::FailureKind;
use serde_json::json;
use support::{assert_next_is_healthy, run};

/// Scripts that recurse without end.
const ENDLESS: &[&str] = &[
    "function f() { return f() + 1 } f()",
    "const f = () => g(), g = () => f(); f()",
    "const o = { f() { return this.f() + 1 } }; o.f()",
    "class A { constructor() { this.a = new A() } } new A()",
    "class A { field = new A() } new A()",
    "class A { static get x() { return class extends A { y = A.x } } } A.x; const f = () => { f(); return [f()] }; f()",
    "const o = { get a() { return this.a + 1 } }; o.a",
    "const o = { set a(value) { this.a = value } }; o.a = 1",
    "const p = new Proxy({}, { get(target, name, self) { return self[name] } }); p.a",
    "const p = new Proxy(() => {}, { apply(target) { return p() } }); p()",
    "let p = {}; for (let i = 0; i < 1e4; i++) p = new Proxy(p, {}); p.a",
    "let f = () => 1; for (let i = 0; i < 1e4; i++) f = f.bind(null); f()",
    "let i = [1].values(); for (let n = 0; n < 1e4; n++) i = i.map((x) => x); i.next()",
    "const f = () => [2, 1].sort(f); f()",
    "const f = () => [1].map(f); f()",
    "const f = () => [1].reduce(f, 0); f()",
    "const f = () => Array.from([1], f); f()",
    "const f = () => new Map([[1, 1]]).forEach(f); f()",
    "const f = () => 'a'.replace('a', f); f()",
    "const f = () => 'a'.replace(/a/, f); f()",
    "const o = { toString() { return `${this}` } }; String(o)",
    "const o = { valueOf() { return +this } }; +o",
    "const o = { [Symbol.toPrimitive]() { return this + 1 } }; o + 1",
    "const o = { toJSON() { return JSON.stringify(this) } }; JSON.stringify(o)",
    "const f = () => JSON.parse('[1]', f); f()",
    "const f = () => JSON.stringify([1], f); f()",
    "function* f() { yield* f() } f().next()",
    "const o = { [Symbol.iterator]() { return [...this] } }; [...o]",
    "const f = (a = f()) => a; f()",
    "const f = ({ a } = f()) => a; f()",
    "const f = (s) => f`${s}`; f``",
    "const f = () => Reflect.apply(f, null, []); f()",
    "const f = () => f.call(); f()",
    "const o = { get [Symbol.toStringTag]() { return `${this}` } }; `${o}`",
    "const o = { [Symbol.hasInstance](x) { return x instanceof o } }; 1 instanceof o",
    "await (async function f() { return (await f()) + 1 })()",
    "async function* f() { yield* f() } for await (const x of f()) break",
    "const f = async () => { await f() }; await f()",
];

#[test]
fn endless_recursion_can_be_caught() {
    for code in ENDLESS {
        let ran = run(&format!("try {{ {code}; return 'nothing was thrown' }} catch (error) {{ return error.name }}"));
        assert_eq!(ran.value(), json!("RangeError"), "{code}");
    }
}

#[test]
fn uncaught_it_ends_this_session_only() {
    for code in ENDLESS {
        let ran = run(code);
        assert_eq!(ran.kind(), Some(FailureKind::Stack), "{code}: {ran:?}");
        assert!(ran.failure().position.is_some(), "{code}");
        assert!(ran.failure().stack.lines().count() <= 16, "{code}");
        assert_next_is_healthy(code);
    }
}

#[test]
fn recursion_that_catches_itself_ends() {
    for code in [
        "let n = 0; function f() { n++; try { f() } catch { } } f(); return n > 50",
        "let n = 0; function f() { n++; try { f() } finally { n += 0 } } try { f() } catch { return n > 50 }",
        "let n = 0; const f = async () => { n++; try { await f() } catch { } }; await f(); return n > 50",
    ] {
        assert_eq!(run(code).value(), json!(true), "{code}");
    }
}

#[test]
fn async_functions_that_end_where_the_stack_ends_are_survived() {
    for leaf in [
        "async () => {}",
        "async () => { throw 1 }",
        "async () => { await null }",
        "async () => ({ get then() { return 1 } })",
    ] {
        let code = format!(
            "const leaf = {leaf}; let n = 0;
            function f() {{ n++; leaf().then(() => 0, () => 0); f() }}
            for (let i = 0; i < 20; i++) try {{ (function pad() {{ f() }})() }} catch {{ }}
            return n > 0"
        );
        let ran = run(&code);
        // A rejection whose `then` did not fit on the stack any more is nobody's.
        let ends = [None, Some(FailureKind::Stack), Some(FailureKind::Runtime)];
        assert!(ends.contains(&ran.kind()), "{leaf}: {ran:?}");
        assert_next_is_healthy(leaf);
    }
}

#[test]
fn recursion_that_fits_works() {
    for code in [
        "const sum = (n) => n === 0 ? 0 : n + sum(n - 1); return sum(60) === 1830",
        "const walk = (o) => Array.isArray(o) ? o.reduce((n, x) => n + walk(x), 1) : 0; let a = []; for (let i = 0; i < 25; i++) a = [a]; return walk(a) === 26",
        "const sum = async (n) => n === 0 ? 0 : n + await sum(n - 1); return (await sum(50)) === 1275",
    ] {
        assert_eq!(run(code).value(), json!(true), "{code}");
    }
}
