//! A script may overwrite whatever is built in. It breaks itself at the most: not its calls, its result or the next.

mod support;

use javascript::FailureKind;
use serde_json::json;
use support::{assert_next_is_healthy, run};

/// What scripts do before they call `tools.up.echo({ n: 7 })`, print, and return what it gave.
const OVERWRITTEN: &[&str] = &[
    "JSON.stringify = () => '{\"n\":666}'; JSON.parse = () => ({ n: 666 })",
    "globalThis.JSON = null",
    "Promise.prototype.then = () => { throw 1 }",
    "Promise.prototype.then = function (f) { f({ n: 666 }) }",
    "globalThis.Promise = class { then(f) { f(666) } }",
    "Promise.resolve = Promise.all = Promise.reject = Promise.withResolvers = null",
    "Object.defineProperty(Promise, Symbol.species, { value: null })",
    "Object.setPrototypeOf(Promise.prototype, null)",
    "for (const key of ['value', 'kind', 'message', 'server', 'tool', 'result', 'ok', 'code', 'data', 'number', 'get', 'set', 'name', 'stack', 'cause']) Object.defineProperty(Object.prototype, key, Object.assign(Object.create(null), { set() { throw new Error(key) }, configurable: true }))",
    "Object.defineProperty(Object.prototype, 'n', { set() { throw new Error('n') }, get() { return 666 }, configurable: true })",
    "Object.prototype.up = { echo: () => 666 }; Object.prototype.echo = () => 666; Object.prototype.tools = 666",
    "for (const key of ['writable', 'enumerable', 'configurable', 'get', 'set']) Object.prototype[key] = undefined",
    "Object.prototype.toString = Object.prototype.valueOf = null",
    "Array.prototype.push = Array.prototype.map = Array.prototype.join = null",
    "Object.defineProperty(Array.prototype, 0, { set() { throw 1 }, get() { return 666 }, configurable: true })",
    "Array.prototype[Symbol.iterator] = null; Array.prototype.toJSON = null",
    "Array.isArray = () => { throw 1 }",
    "String.prototype.split = String.prototype.toString = String.prototype.toJSON = null",
    "Object.keys = Object.entries = Object.assign = Object.defineProperty = Object.create = null",
    "Reflect.get = Reflect.ownKeys = Reflect.apply = Reflect.construct = Reflect.getOwnPropertyDescriptor = null",
    "globalThis.Reflect = globalThis.Object = globalThis.Array = globalThis.WeakMap = null",
    "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = null",
    "Object.setPrototypeOf(Function.prototype, null)",
    "Error = class { constructor() { throw 1 } }; RangeError = TypeError = null",
    "Error.prototype.name = 666; Error.prototype.message = 666",
    "Error.prepareStackTrace = () => { throw 1 }; Error.stackTraceLimit = 0; Error.captureStackTrace = null",
    "Map.prototype.get = Map.prototype.set = WeakMap.prototype.get = WeakMap.prototype.set = () => { throw 1 }",
    "globalThis.Symbol = globalThis.Proxy = globalThis.Date = globalThis.RegExp = globalThis.Math = null",
    "Object.setPrototypeOf(Object.prototype, null)",
    "Object.freeze(Object.prototype); Object.freeze(Array.prototype); Object.freeze(Promise.prototype)",
    "Object.freeze(globalThis.constructor ?? {}); Object.preventExtensions(Promise)",
    "globalThis.globalThis = null; globalThis.undefined",
    "Number.prototype.toString = BigInt.prototype.toString = Boolean.prototype.valueOf = null",
    "BigInt.prototype.toJSON = () => 666; Number.prototype.toJSON = () => 666",
    "Object.setPrototypeOf(globalThis, null); globalThis.Object = null",
    "Object.setPrototypeOf(globalThis, new Proxy({}, { has: () => true, get: () => 666 }))",
];

#[test]
fn no_call_and_no_result_is_changed() {
    for overwrite in OVERWRITTEN {
        let mine = "const own = tools, mine = console;";
        let ran = run(&format!(
            "{mine} try {{ {overwrite} }} catch {{ }}\nconst got = await own.up.echo({{ n: 7 }});\nmine.log(got); return got"
        ));
        assert_eq!(
            ran.calls.iter().map(|call| call.arguments.as_str()).collect::<Vec<_>>(),
            ["{\"n\":7}"],
            "{overwrite}: {ran:?}"
        );
        assert_eq!(ran.outcome.result.as_ref().map(Option::as_deref), Ok(Some("{\"n\":7}")), "{overwrite}");
        assert_eq!(ran.log_texts(), ["{ n: 7 }"], "{overwrite}");
        assert_next_is_healthy(overwrite);
    }
}

#[test]
fn failures_stay_what_they_are() {
    for overwrite in OVERWRITTEN {
        let ran = run(&format!("const own = tools; try {{ {overwrite} }} catch {{ }}\nawait own.up.fail({{ n: 7 }})"));
        assert_eq!(ran.kind(), Some(FailureKind::Tool), "{overwrite}: {ran:?}");
        assert_eq!(
            (ran.failure().message.as_str(), ran.failure().position.map(|at| at.line)),
            ("disk full", Some(2)),
            "{overwrite}"
        );
    }
}

#[test]
fn what_would_change_a_value_changes_the_scripts_own_only() {
    for (code, expected) in [
        // An inherited `toJSON` is what JSON asks for: the script said so itself.
        ("Object.prototype.toJSON = () => 666; return { n: 1 }", json!(666)),
        ("Array.prototype.toJSON = () => 666; return { n: [1] }", json!({"n": 666})),
        ("Object.prototype.then = (f) => f(1); delete Object.prototype.then; return { n: 1 }", json!({"n": 1})),
        ("Object.prototype.extra = 1; return { n: 1 }", json!({"n": 1})),
        ("Object.prototype.extra = 1; return tools.up.echo({ n: 1 })", json!({"n": 1})),
    ] {
        assert_eq!(run(code).value(), expected, "{code}");
    }
    assert_next_is_healthy("own changes");
}
