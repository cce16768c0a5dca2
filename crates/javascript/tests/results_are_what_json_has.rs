//! What a script gives crosses the border as JSON has it; what JSON cannot express is an error that says where it is.

mod support;

use javascript::FailureKind;
use support::{assert_next_is_healthy, run};

/// Scripts, and the text of their results.
const WRITTEN: &[(&str, &str)] = &[
    ("null", "null"),
    ("true", "true"),
    ("-0", "0"),
    ("[NaN, Infinity, -Infinity]", "[null,null,null]"),
    ("[1.5, 1e21, 1e-7, 0.1 + 0.2, 2 ** 53]", "[1.5,1e+21,1e-7,0.30000000000000004,9007199254740992]"),
    ("[Number.MAX_VALUE, Number.MIN_VALUE]", "[1.7976931348623157e+308,5e-324]"),
    ("'a\"\\\\\\n\\r\\t\\b\\f\\u0000\\u001f/é😀'", r#""a\"\\\n\r\t\b\f\u0000\u001f/é😀""#),
    ("'\\ud83d\\ude00'", "\"😀\""),
    ("['\\ud800', 'a\\udfffb', '\\udc00\\ud800', '\\ud83d\\ud83d\\ude00']", "[\"�\",\"a�b\",\"��\",\"�😀\"]"),
    ("({ '\\ud800': 1 })", "{\"�\":1}"),
    ("({})", "{}"),
    ("[[], {}, [[]]]", "[[],{},[[]]]"),
    ("[undefined, , null]", "[null,null,null]"),
    ("const a = []; a[3] = 1; a", "[null,null,null,1]"),
    ("Object.assign([1], { more: 2 })", "[1]"),
    ("({ a: undefined, b: null })", "{\"b\":null}"),
    ("({ b: 1, a: 2, 1: 3, 0: 4 })", "{\"0\":4,\"1\":3,\"b\":1,\"a\":2}"),
    (
        "({ ['__proto__']: { a: 1 }, constructor: 2, toString: 3 })",
        "{\"__proto__\":{\"a\":1},\"constructor\":2,\"toString\":3}",
    ),
    ("({ '': 1, 'a b': 2, 'ü': 3 })", "{\"\":1,\"a b\":2,\"ü\":3}"),
    ("({ [Symbol('s')]: 1, a: 1 })", "{\"a\":1}"),
    ("Object.defineProperty({ a: 1 }, 'hidden', { value: 2 })", "{\"a\":1}"),
    ("Object.create({ inherited: 1 })", "{}"),
    ("Object.create(null)", "{}"),
    ("class A { #p = 1; q = 2; get r() { return 3 } }; new A()", "{\"q\":2}"),
    ("({ get a() { return 1 } })", "{\"a\":1}"),
    ("new Date(0)", "\"1970-01-01T00:00:00.000Z\""),
    ("new Date(NaN)", "null"),
    ("({ toJSON: (key) => ['made', key] })", "[\"made\",\"\"]"),
    ("[{ toJSON: (key) => key }, { toJSON() { return undefined } }]", "[\"0\",null]"),
    ("({ a: { toJSON: (key) => key }, b: { toJSON() {} } })", "{\"a\":\"a\"}"),
    ("({ toJSON: 1 })", "{\"toJSON\":1}"),
    ("[Object(1), Object('s'), Object(false)]", "[1,\"s\",false]"),
    ("[new Map([[1, 2]]), new Set([1]), /a/, new WeakMap()]", "[{},{},{},{}]"),
    ("new Uint8Array([1, 2])", "{\"0\":1,\"1\":2}"),
    ("new Error('lost')", "{\"name\":\"Error\",\"message\":\"lost\"}"),
    (
        "Object.assign(new TypeError('t'), { code: 5, message: 'u' })",
        "{\"name\":\"TypeError\",\"message\":\"u\",\"code\":5}",
    ),
    ("new Proxy({ a: 1 }, {})", "{\"a\":1}"),
    ("new Proxy([1, 2], {})", "[1,2]"),
    ("const shared = { n: 1 }; [shared, shared]", "[{\"n\":1},{\"n\":1}]"),
    ("Promise.resolve([1])", "[1]"),
    ("({ then(resolve) { resolve('thenable') } })", "\"thenable\""),
    ("globalThis.undefined === void 0", "true"),
    ("(function () { return arguments })(1, 2)", "{\"0\":1,\"1\":2}"),
];

#[test]
fn values_are_written_as_json() {
    for (code, expected) in WRITTEN {
        assert_eq!(run(code).text(), Some(*expected), "{code}");
    }
}

#[test]
fn undefined_is_no_result() {
    for code in ["", "// nothing", "undefined", "return", "return undefined", "return { toJSON() {} }", "let a = 1"] {
        assert_eq!(run(code).text(), None, "{code}");
    }
    assert_eq!(run("null").text(), Some("null"));
}

/// Results that JSON cannot express, and what the message says.
const REFUSED: &[(&str, &str)] = &[
    ("10n", "result is a BigInt"),
    ("Object(10n)", "result is a BigInt"),
    ("({ rows: [1, { id: 10n }] })", "result.rows[1].id is a BigInt"),
    ("[() => 1]", "result[0] is a function"),
    ("({ 'a b': class A {} })", "result[\"a b\"] is a function"),
    ("tools.up.echo", "result is a function"),
    ("({ s: Symbol('x') })", "result.s is a symbol"),
    ("[tools.up.say()]", "result[0] is a promise"),
    ("({ toJSON: () => 1n })", "result is a BigInt"),
    ("const a = { b: [] }; a.b.push(a); a", "result.b[0] contains itself"),
    ("const a = []; a.push(a); a", "result[0] contains itself"),
    (
        "const p = new Proxy({}, { get: () => p, ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }) }); p",
        "contains itself",
    ),
];

#[test]
fn what_json_cannot_express_is_refused() {
    for (code, says) in REFUSED {
        let ran = run(code);
        assert_eq!(ran.kind(), Some(FailureKind::Result), "{code}: {ran:?}");
        assert!(ran.failure().message.contains(says), "{code}: {}", ran.failure().message);
    }
}

#[test]
fn code_that_writing_runs_may_throw() {
    for code in [
        "return new Proxy({}, { ownKeys() { throw new Error('toxic') } })",
        "return new Proxy([], { get() { throw new Error('toxic') } })",
        "return { get a() { throw new Error('toxic') } }",
        "return [{ toJSON() { throw new Error('toxic') } }]",
        "return { get then() { throw new Error('toxic') } }",
        "return { get toJSON() { throw new Error('toxic') } }",
    ] {
        let ran = run(code);
        assert_eq!((ran.kind(), ran.failure().message.as_str()), (Some(FailureKind::Runtime), "toxic"), "{code}");
        assert!(ran.failure().position.is_some(), "{code}");
    }
    let revoked = run("const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); proxy");
    assert_eq!(revoked.kind(), Some(FailureKind::Runtime));
    assert_next_is_healthy("toxic results");
}

#[test]
fn a_value_that_changes_while_it_is_written_harms_nothing() {
    for (code, expected) in [
        ("const a = [1, { toJSON() { a.length = 0; return 2 } }, 3]; a", "[1,2,null]"),
        ("const o = { a: { toJSON() { delete o.b; return 1 } }, b: 2 }; o", "{\"a\":1}"),
        ("const o = { a: { toJSON() { o.c = 1; return 1 } }, b: 2 }; o", "{\"a\":1,\"b\":2}"),
        ("const a = [{ toJSON() { a.push(1); return 0 } }]; a", "[0]"),
    ] {
        assert_eq!(run(code).text(), Some(expected), "{code}");
    }
}

#[test]
fn values_nest_as_deep_as_other_parsers_allow() {
    let nested = |levels: usize| format!("let a = 1; for (let i = 0; i < {levels}; i++) a = [a]; a");
    assert_eq!(run(&nested(120)).text(), Some(format!("{}1{}", "[".repeat(120), "]".repeat(120)).as_str()));
    let ran = run(&nested(121));
    assert_eq!(ran.kind(), Some(FailureKind::Stack), "{ran:?}");
    assert!(ran.failure().message.contains("120 levels"), "{}", ran.failure().message);
}
