//! Code that closes what it thinks is around it does not parse; what the session put around it is not to be seen.

mod support;

use javascript::FailureKind;
use serde_json::json;
use support::{assert_next_is_healthy, run};

#[test]
fn code_that_closes_more_than_it_opens_does_not_parse() {
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
        "return 1\n}}, { async \"<eval>\"()\n{",
        "return 1\n}\nfunction other() {\n",
        "return 1\n}\n, async other() {\n",
        "return 1\n}, ...evil(), async other() {\n",
        "return 1\n}\n/*",
        "return 1 //\u{2028}} evil(); {",
        "return `${1",
        "return 1 }\u{0}{",
        "return ((((",
        "return 1 <!--\n}\nevil()\n{",
        "```js\nreturn 1\n}\nevil()\n{\n```",
    ] {
        let ran = run(code);
        assert_eq!(ran.kind(), Some(FailureKind::Syntax), "{code}: {ran:?}");
        assert!(!ran.failure().message.contains("evil is not defined"), "{code}");
        assert_next_is_healthy(code);
    }
}

#[test]
fn comments_at_the_end_hide_nothing() {
    for (code, expected) in [
        ("return 1 // the end", json!(1)),
        ("2 // the end", json!(2)),
        ("return 3 <!-- the end", json!(3)),
        ("return 4\n--> the end", json!(4)),
        ("return 5 /* the end */", json!(5)),
        ("// only\n6", json!(6)),
        ("return 7 //\r", json!(7)),
        ("return 8 //\u{2028}", json!(8)),
    ] {
        assert_eq!(run(code).value(), expected, "{code}");
    }
    assert_eq!(run("return 1 /* the end").kind(), Some(FailureKind::Syntax));
}

#[test]
fn a_script_has_nothing_of_what_runs_it() {
    for (code, expected) in [
        ("typeof this", json!("object")),
        ("this === globalThis", json!(true)),
        ("typeof arguments === 'undefined' || arguments.length === 0", json!(true)),
        ("return typeof script", json!("undefined")),
        (
            "return Object.getOwnPropertyNames(globalThis).filter((name) => /script|wrap|bobbin|result/i.test(name))",
            json!([]),
        ),
        ("return typeof new.target", json!("undefined")),
        ("return typeof super.x", json!("syntax")),
        ("return (function () { return this === globalThis })()", json!(true)),
        (
            "var a = 1; function a2() {} return [typeof globalThis.a, typeof globalThis.a2]",
            json!(["undefined", "undefined"]),
        ),
        ("return (() => { try { return arguments.callee.caller } catch { return null } })() ?? null", json!(null)),
        ("const f = function () { return f.caller }; try { return f() ?? null } catch { return null }", json!(null)),
    ] {
        let ran = run(code);
        match ran.kind() {
            Some(FailureKind::Syntax) => assert_eq!(json!("syntax"), expected, "{code}: {ran:?}"),
            _ => assert_eq!(ran.value(), expected, "{code}"),
        }
    }
}

#[test]
fn a_result_that_looks_like_a_completion_is_a_value() {
    for (code, expected) in [
        ("({ value: 1 })", json!({"value": 1})),
        ("({ value: Promise.resolve(1) }).value", json!(1)),
        ("return { value: 1, done: true }", json!({"value": 1, "done": true})),
        ("({ value: { value: 2 } })", json!({"value": {"value": 2}})),
    ] {
        assert_eq!(run(code).value(), expected, "{code}");
    }
}
