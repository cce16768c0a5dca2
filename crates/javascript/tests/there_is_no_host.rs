//! A script has the language and its tools: no host, no modules, no code from strings, nothing that tells runs apart.

mod support;

use javascript::FailureKind;
use serde_json::{Value, json};
use support::{assert_next_is_healthy, run};

/// What other hosts have.
const HOSTS: &[&str] = &[
    "fetch",
    "process",
    "require",
    "module",
    "exports",
    "Buffer",
    "global",
    "window",
    "self",
    "document",
    "navigator",
    "location",
    "setTimeout",
    "setInterval",
    "setImmediate",
    "clearTimeout",
    "XMLHttpRequest",
    "WebSocket",
    "Worker",
    "Deno",
    "Bun",
    "std",
    "os",
    "bjson",
    "scriptArgs",
    "print",
    "load",
    "gc",
    "WebAssembly",
    "SharedArrayBuffer",
    "Atomics",
    "ShadowRealm",
    "localStorage",
    "indexedDB",
    "crypto",
    "alert",
    "importScripts",
    "InternalError_",
];

#[test]
fn nothing_of_a_host_is_there() {
    for name in HOSTS {
        assert_eq!(
            run(&format!("return [typeof {name}, '{name}' in globalThis]")).value(),
            json!(["undefined", false]),
            "{name}"
        );
    }
    for (code, name) in
        [("setTimeout(() => {}, 1)", "setTimeout"), ("await fetch('http://x')", "fetch"), ("require('fs')", "require")]
    {
        let ran = run(code);
        assert_eq!(ran.failure().message, format!("ReferenceError: {name} is not defined"));
    }
}

#[test]
fn what_is_global_is_the_language_and_the_tools() {
    let known = "globalThis undefined NaN Infinity isNaN isFinite parseInt parseFloat decodeURI decodeURIComponent encodeURI \
        encodeURIComponent escape unescape eval queueMicrotask performance atob btoa console tools";
    let names = run("return Object.getOwnPropertyNames(globalThis)").value();
    let odd: Vec<&str> = names
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .filter(|name| !name.starts_with(char::is_uppercase) && !known.split(' ').any(|known| known == *name))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
    assert_eq!(run("return Object.keys(globalThis)").value(), json!([]), "as in any host, they are not enumerable");
}

/// Ways to make code from a string.
const FROM_STRINGS: &[&str] = &[
    "eval('1')",
    "(0, eval)('1')",
    "globalThis.eval('1')",
    "new eval('1')",
    "Function('return 1')()",
    "new Function('return 1')()",
    "(() => {}).constructor('return 1')()",
    "(async () => {}).constructor('return 1')()",
    "(function* () {}).constructor('return 1')()",
    "(async function* () {}).constructor('return 1')()",
    "(class {}).constructor('return 1')()",
    "Reflect.construct(Function, ['return 1'])()",
    "Reflect.construct(Object, [], Function)('return 1')",
    "tools.up.echo.constructor('return 1')()",
    "console.log.constructor('return 1')()",
    "Date.constructor('return 1')()",
    "Proxy.constructor('return 1')()",
    "[].map.constructor('return 1')()",
    "Math.max.bind().constructor('return 1')()",
    "Object.getOwnPropertyDescriptor(Error.prototype, 'stack')?.get.constructor('return 1')() ?? missing()",
    "Object.getPrototypeOf(async () => {}).constructor('return 1')()",
    "Object.getPrototypeOf(function* () {}).constructor('return 1')()",
    "class F extends Function { constructor() { super('return 1') } } new F()()",
    "class F extends Function {} new F('return 1')()",
    "Function.prototype.constructor('return 1')()",
    "new (Object.getPrototypeOf(class {}).constructor)('return 1')()",
    "'1'.replace(/1/, eval)",
    "[`1`].map(eval)[0]",
    "/a/.compile('b').test('b') && missing()",
    "await import('qjs:os')",
    "await import('os')",
    "await import('./x.js')",
    "await import('data:text/javascript,1')",
    "await import({ toString: () => 'std' })",
];

#[test]
fn code_cannot_be_made_from_strings() {
    for code in FROM_STRINGS {
        let ran =
            run(&format!("try {{ {code} }} catch (error) {{ return error instanceof Error }} return 'it worked'"));
        assert_eq!(ran.value(), json!(true), "{code}");
        assert_next_is_healthy(code);
    }
    let ran = run(
        "return [typeof eval, typeof Function, (() => {}) instanceof Function, Function.name, Function.length, eval.name]",
    );
    assert_eq!(ran.value(), json!(["function", "function", true, "Function", 1, "eval"]));
}

#[test]
fn modules_are_a_syntax_error() {
    for code in ["import fs from 'fs'", "import 'x'", "export const a = 1", "export default 1", "import.meta.url"] {
        assert_eq!(run(code).kind(), Some(FailureKind::Syntax), "{code}");
    }
}

#[test]
fn functions_that_were_replaced_look_like_the_originals() {
    for (code, expected) in [
        (
            "[JSON.parse, JSON.stringify, Date, RegExp, Proxy, [].flat, [].map, Object.setPrototypeOf].map((f) => [f.name, f.length])",
            json!([
                ["parse", 2],
                ["stringify", 3],
                ["Date", 7],
                ["RegExp", 2],
                ["Proxy", 2],
                ["flat", 0],
                ["map", 1],
                ["setPrototypeOf", 2]
            ]),
        ),
        (
            "[Date, RegExp, Proxy].map((f) => Object.keys(f).length + Object.keys(f.prototype ?? {}).length)",
            json!([0, 0, 0]),
        ),
        (
            "[/a/ instanceof RegExp, /a/.constructor === RegExp, new RegExp('a').test('a'), RegExp('a', 'g').flags, new RegExp(/x/gi).source]",
            json!([true, true, true, "g", "x"]),
        ),
        (
            "class R extends RegExp { twice(s) { return this.test(s) && this.test(s) } } new R('a').twice('a')",
            json!(true),
        ),
        ("new Proxy({ a: 1 }, { get: (t, k) => k === 'a' ? t.a + 1 : undefined }).a", json!(2)),
        (
            "const { proxy, revoke } = Proxy.revocable({ a: 1 }, {}); const a = proxy.a; revoke(); try { proxy.a } catch (e) { [a, e.name] }",
            json!([1, "TypeError"]),
        ),
        ("Object.getPrototypeOf(Object.setPrototypeOf({}, Array.prototype)) === Array.prototype", json!(true)),
        ("const o = {}; o.__proto__ = { x: 1 }; [o.x, Object.keys(o)]", json!([1, []])),
        ("[1, 2, 3].concat([4], 5).indexOf(5) + 'abcabc'.lastIndexOf('b') + 'a-b'.split('-').length", json!(10)),
        ("function f(a, b) { return [this.x, a, b] } f.bind({ x: 1 }, 2)(3)", json!([1, 2, 3])),
        ("[1, 2, 3, 4].values().filter((x) => x % 2).map((x) => x * 2).toArray()", json!([2, 6])),
        ("try { new Date.now() } catch (e) { e.name }", json!("TypeError")),
        ("try { Proxy({}, {}) } catch (e) { e.name }", json!("TypeError")),
    ] {
        assert_eq!(run(code).value(), expected, "{code}");
    }
}
