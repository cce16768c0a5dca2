//! The result is what `return` gives, or else the value of the last expression; a Markdown fence is no part of it.

mod support;

use javascript::FailureKind;
use serde_json::{Value, json};
use support::run;

#[test]
fn a_return_gives_the_result() {
    for (code, expected) in [
        ("return 1", json!(1)),
        ("if (true) { return 'early' }\nreturn 'late'", json!("early")),
        ("for (const x of [1, 2]) if (x > 1) return x", json!(2)),
        ("try { return 1 } finally { console.log('bye') }", json!(1)),
        ("return await tools.up.say()", json!("said")),
        ("return tools.up.say()", json!("said")),
        ("return (async () => ({ n: 1 }))()", json!({"n": 1})),
        ("return Promise.all([tools.up.say(), 2])", json!(["said", 2])),
        ("switch (2) { case 2: return 'two' }", json!("two")),
        ("const f = () => { return 5 }\nreturn f() + 1", json!(6)),
        ("return\n1", Value::Null),
        ("return 1;;; // the end", json!(1)),
        ("return 3 <!-- the end", json!(3)),
        ("'use strict'; return (function () { return this === undefined })()", json!(true)),
    ] {
        let ran = run(code);
        match &expected {
            Value::Null => assert_eq!(ran.text(), None, "{code}"),
            _ => assert_eq!(ran.value(), expected, "{code}"),
        }
    }
}

#[test]
fn without_a_return_the_last_expression_is_the_result() {
    for (code, expected) in [
        ("1 + 1", json!(2)),
        ("const x = 3; x * 2", json!(6)),
        ("const x = 3\nx * 2 // twice\n", json!(6)),
        ("await tools.up.say()", json!("said")),
        ("tools.up.say()", json!("said")),
        ("Promise.resolve(Promise.resolve(7))", json!(7)),
        ("const f = () => { return 5 }\nf()", json!(5)),
        ("({ a: 1 })", json!({"a": 1})),
        ("[1, 2].map((x) => { return x * 2 })", json!([2, 4])),
        ("'no // return 7'", json!("no // return 7")),
        ("`return ${1}`", json!("return 1")),
        ("let s = ''; for (const c of 'ab') { s += c } s", json!("ab")),
        ("for (let i = 0; i < 3; i++) { i * 10 }", json!(20)),
        ("if (true) { 'yes' } else { 'no' }", json!("yes")),
        ("let n; for await (const x of [tools.up.echo({ n: 1 })]) n = x.n; n", json!(1)),
        ("5; function later() {}", json!(5)),
        ("#!/usr/bin/env node\n1", json!(1)),
    ] {
        assert_eq!(run(code).value(), expected, "{code}");
    }
}

#[test]
fn fences_are_taken_off() {
    for code in [
        "```js\nreturn 1\n```",
        "```\nreturn 1\n```",
        "```javascript\nreturn 1\n```\n",
        "```typescript title=\"x\"\nreturn 1\n```",
        "\n\n  ```js\n1\n  ```\n\n",
        "```js\r\nreturn 1\r\n```",
        "```js\nreturn 1",
        "```js\nreturn 1\n```\nThat gives one.",
        "```js\n/*\n```\n*/ return 1\n```",
    ] {
        assert_eq!(run(code).value(), json!(1), "{code}");
    }
    assert_eq!(run("const fence = '```'; return fence + fence").value(), json!("``````"));
}

#[test]
fn the_whole_language_is_there() {
    for (code, expected) in [
        ("class A { static #n = 1; static { this.m = A.#n } }; return A.m", json!(1)),
        ("return [3, 1, 2].toSorted().with(0, 9).at(-1)", json!(3)),
        ("return Object.groupBy([1, 2, 3], (n) => n % 2 ? 'odd' : 'even')", json!({"odd": [1, 3], "even": [2]})),
        ("const { a = 1, ...rest } = { b: 2 }; return [a, rest]", json!([1, {"b": 2}])),
        ("return [null?.x, undefined ?? 2, 2 ** 3]", json!([null, 2, 8])),
        ("let n = 0; outer: for (;;) for (;;) { if (n++ > 3) break outer } return n", json!(5)),
        ("function* g() { yield* [1, 2] } return [...g()].flatMap((x) => [x, x])", json!([1, 1, 2, 2])),
        ("return '2020-01-02'.replace(/(?<y>\\d+)-(?<m>\\d+)/u, '$<m>/$<y>')", json!("01/2020-02")),
        (
            "async function* g() { yield 1; yield tools.up.say() } const all = []; for await (const x of g()) all.push(x); return all",
            json!([1, "said"]),
        ),
        ("return [10n ** 20n, 7n / 2n].map(String)", json!(["100000000000000000000", "3"])),
        (
            "return [[1, [2, [3]]].flat(Infinity), [1, [2]].flat(), new Proxy([[1]], {}).flat()]",
            json!([[1, 2, 3], [1, 2], [1]]),
        ),
        (
            "return JSON.stringify({ b: [1, { c: 2 }], a: 'x' }, null, 2)",
            json!("{\n  \"b\": [\n    1,\n    {\n      \"c\": 2\n    }\n  ],\n  \"a\": \"x\"\n}"),
        ),
        ("return JSON.stringify({ a: 1, b: { a: 2, c: 3 } }, ['a', 'b'])", json!("{\"a\":1,\"b\":{\"a\":2}}")),
        (
            "return JSON.stringify({ a: 1, b: 'x', c: [1] }, (key, value) => typeof value === 'number' ? value + 1 : value)",
            json!("{\"a\":2,\"b\":\"x\",\"c\":[2]}"),
        ),
        (
            "return [JSON.stringify(undefined), JSON.stringify(() => 1), JSON.stringify([Symbol(), () => 1]), JSON.stringify('\\ud800')]",
            json!([null, null, "[null,null]", "\"\\ud800\""]),
        ),
        (
            "return JSON.parse('{\"a\":[1,2,{\"b\":3}]}', (key, value) => typeof value === 'number' ? value * 2 : value)",
            json!({"a": [2, 4, {"b": 6}]}),
        ),
        (
            "return JSON.parse('[1,2,3]', function (key, value) { return key === '1' ? undefined : value })",
            json!([1, null, 3]),
        ),
    ] {
        assert_eq!(run(code).value(), expected, "{code}");
    }
}

#[test]
fn nothing_of_a_script_is_there_for_the_next() {
    run("globalThis.left = 1; var also = 1; Object.prototype.polluted = 1; Array.prototype.map = null; tools = 1");
    let code = "[typeof left, typeof also, typeof ({}).polluted, [1].map((x) => x + 1), Object.keys(tools)]";
    assert_eq!(run(code).value(), json!(["undefined", "undefined", "undefined", [2], ["up"]]));
}

#[test]
fn a_promise_that_nothing_settles_is_an_error() {
    for code in [
        "await new Promise(() => {})",
        "return new Promise(() => {})",
        "new Promise(() => {})",
        "return { then() {} }",
        "await Promise.race([])",
        "let resolve; const a = new Promise((r) => { resolve = r }); resolve(a.then(() => a)); await a",
        "tools.up.say(); await new Promise(() => {})",
        "for await (const x of { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }) x",
    ] {
        let ran = run(code);
        assert_eq!(ran.kind(), Some(FailureKind::Unsettled), "{code}: {ran:?}");
    }
}

#[test]
fn a_rejection_that_nothing_handles_is_an_error() {
    for code in [
        "Promise.reject(new Error('lost')); return 1",
        "(async () => { throw new Error('lost') })(); return 1",
        "tools.up.say().then(() => { throw new Error('lost') }); return 1",
        "new Promise((_, reject) => reject(new Error('lost'))); return 1",
    ] {
        let ran = run(code);
        assert_eq!(ran.kind(), Some(FailureKind::Runtime), "{code}");
        assert_eq!(ran.failure().message, "a promise that nothing awaits was rejected: lost", "{code}");
    }
    for code in [
        "const p = Promise.reject(new Error('found')); await tools.up.say(); await p.catch(() => {}); return 1",
        "const all = [Promise.reject(1), tools.up.say()]; await Promise.allSettled(all); return 1",
        "Promise.reject(1).catch(() => {}); return 1",
    ] {
        assert_eq!(run(code).value(), json!(1), "{code}");
    }
}
