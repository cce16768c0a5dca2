//! JSON and source that nest too deeply are an error of their own; what programs really have is not.

mod support;

use javascript::FailureKind;
use serde_json::json;
use support::{assert_next_is_healthy, run};

/// What makes deep values, and what walks over them; each throws a `RangeError`.
const DEEP: &[&str] = &[
    "JSON.parse('['.repeat(200000) + ']'.repeat(200000))",
    "JSON.parse('['.repeat(200000))",
    "JSON.parse('{\"a\":'.repeat(100000) + '1' + '}'.repeat(100000))",
    "let a = []; for (let i = 0; i < 100000; i++) a = [a]; JSON.stringify(a)",
    "let o = {}; for (let i = 0; i < 100000; i++) o = { o }; JSON.stringify(o)",
    "JSON.stringify({}, () => ({ a: {} }))",
    "const nest = () => ({ nest: { toJSON: nest } }); JSON.stringify({ toJSON: nest })",
    "JSON.parse('[1]', function (key, value) { if (key === '0') this[0] = [value]; return [[[]]] }); JSON.stringify([1], (k, v) => [v])",
    "let deep = [0]; JSON.parse('[0,0]', function (key, value) { if (key === '0') { let d = []; for (let i = 0; i < 1000; i++) d = [d]; this[1] = d } return value })",
];

#[test]
fn deep_values_are_a_range_error() {
    for code in DEEP {
        let caught =
            run(&format!("try {{ {code}; return 'nothing was thrown' }} catch (error) {{ return error.name }}"));
        assert_eq!(caught.value(), json!("RangeError"), "{code}");
        let ran = run(code);
        assert_eq!(ran.kind(), Some(FailureKind::Stack), "{code}: {ran:?}");
        assert!(ran.failure().position.is_some(), "{code}");
        assert_next_is_healthy(code);
    }
    // All frames that QuickJS records are its own here, so that there is no place.
    assert_eq!(run("let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a)").kind(), Some(FailureKind::Stack));
    let regexp = "new RegExp('('.repeat(10000) + ')'.repeat(10000))";
    let ran = run(&format!("try {{ {regexp} }} catch (error) {{ return error.name }}"));
    assert_eq!(ran.value(), json!("SyntaxError"));
}

#[test]
fn five_hundred_levels_are_fine() {
    for code in [
        "return JSON.stringify(JSON.parse('['.repeat(500) + ']'.repeat(500))).length === 1000",
        "return JSON.stringify(JSON.parse('{\"a\":'.repeat(499) + '{}' + '}'.repeat(499))).length === 2 + 499 * 6",
        "let n = 0; JSON.parse('['.repeat(400) + ']'.repeat(400), (key, value) => { n++; return value }); return n === 400",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.flat(Infinity); return true",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; console.log(a); return true",
    ] {
        assert_eq!(run(code).value(), json!(true), "{code}");
    }
}

/// What nests in source: the opening, the middle, and the closing.
const SOURCE: &[(&str, &str, &str)] = &[
    ("[", "", "]"),
    ("(", "1", ")"),
    ("{", "", "}"),
    ("({a:", "1", "})"),
    ("f(", "1", ")"),
    ("() => ", "1", ""),
    ("() => {", "", "}"),
    ("(function () {", "", "})"),
    ("(async () => { await ", "1", "})"),
    ("class { static { (", "1", ") } }"),
    ("!", "1", ""),
    ("- ", "1", ""),
    ("typeof ", "1", ""),
    ("await ", "1", ""),
    ("new ", "f", ""),
    ("if (1) ", ";", ""),
    ("if (1) ; else ", ";", ""),
    ("for (;;) ", ";", ""),
    ("while (1) { if (1) ", ";", "}"),
    ("try { ", "", "} catch {}"),
    ("`${", "1", "}`"),
    ("1 ? 1 : ", "1", ""),
    ("a ? ", "1", ": 1"),
    ("2 ** ", "1", ""),
    ("a = ", "1", ""),
    ("a ??= ", "1", ""),
    ("a[", "0", "]"),
    ("a?.[", "0", "]"),
    ("a: ", ";", ""),
    ("switch (1) { case 1: ", "", "}"),
    ("var [", "x", "] = []"),
    ("({a: {b: ", "c", "}} = {})"),
    ("function f() { return ", "1", "}"),
    ("do ", ";", " while (0)"),
];

#[test]
fn source_that_nests_too_deeply_is_refused_where_it_does() {
    for (open, middle, close) in SOURCE {
        for depth in [1_000, 20_000] {
            let ran = run(&(open.repeat(depth) + middle + &close.repeat(depth)));
            let refused = [Some(FailureKind::Stack), Some(FailureKind::Syntax)].contains(&ran.kind());
            // Operators cost the parser less than brackets.
            assert!(refused || depth == 1_000, "{depth} of {open}: {ran:?}");
        }
        assert_next_is_healthy(open);
    }
    let ran = run(&format!("const a = 1;\nconst b = {}1", "[".repeat(20_000)));
    assert_eq!((ran.kind(), ran.failure().position.expect("a place").line), (Some(FailureKind::Stack), 2));
    assert!(ran.failure().message.contains("nests too deeply"), "{}", ran.failure().message);
}

#[test]
fn source_as_programs_have_it_is_fine() {
    for (code, expected) in [
        (format!("let n = 0; {} return n", "if (n >= 0) { n++ }\n".repeat(5_000)), json!(5_000)),
        (format!("const list = [{}]; return list.length", "{ a: [1, { b: 2 }] },\n".repeat(5_000)), json!(5_000)),
        (format!("return {}1", "1 + ".repeat(10_000)), json!(10_001)),
        (format!("return '{}'.length", "(".repeat(50_000)), json!(50_000)),
        (format!("/* {} */ return 1", "[".repeat(50_000)), json!(1)),
        (format!("return /[{}]/.source.length", "(".repeat(1_000)), json!(1_002)),
        (
            format!("return {}1{}", "[".repeat(60), "]".repeat(60)),
            serde_json::from_str(&format!("{}1{}", "[".repeat(60), "]".repeat(60))).expect("JSON"),
        ),
    ] {
        assert_eq!(run(&code).value(), expected, "{}", &code[..60]);
    }
}
