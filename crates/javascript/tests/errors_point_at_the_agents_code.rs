//! A failure says where in the agent's own code it is, as the agent wrote it, and shows none of what is around it.
//!
//! `fixtures/errors/` has scripts, and beside each how it must end: the kind and the place, the message, the stack.

mod support;

use std::path::Path;

use javascript::FailureKind;
use support::{Ran, run};

/// How a run ended, as the fixtures say it.
fn described(ran: &Ran) -> String {
    let failure = ran.failure();
    let kind = format!("{:?}", failure.kind).to_lowercase();
    let lines = [format!("{kind} at {}", ran.place()), failure.message.clone(), failure.stack.clone()];
    lines.iter().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

#[test]
fn failures_match_their_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/errors");
    let mut problems = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the fixtures") {
        let script = entry.expect("an entry").path();
        if script.extension().is_some_and(|extension| extension == "js") {
            count += 1;
            let expected = std::fs::read_to_string(script.with_extension("txt")).unwrap_or_default();
            let got = described(&run(&std::fs::read_to_string(&script).expect("a script")));
            if got != expected {
                problems.push(format!("{}:\n{got}instead of\n{expected}", script.display()));
            }
        }
    }
    assert!(count >= 16, "{count} fixtures");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn places_are_the_same_with_and_without_a_return() {
    for place in ["nowhere()", "null.x", "throw new Error('x')", "(() => { nowhere() })()"] {
        let as_script = run(&format!("\n\n  {place}"));
        let as_body = run(&format!("\n\n  {place}\nreturn 1"));
        assert_eq!(described(&as_script), described(&as_body), "{place}");
        assert_eq!(as_script.failure().position.expect("a place").line, 3, "{place}");
    }
}

#[test]
fn line_ends_of_windows_are_line_ends() {
    let ran = run("const a = 1;\r\nconst b = 2;\r\n  nowhere();\r\n");
    assert_eq!(ran.place(), "3:3");
    assert_eq!(run("```js\r\n\r\nnowhere()\r\n```").place(), "3:1");
}

#[test]
fn nothing_of_the_session_shows() {
    for code in [
        "return new Error('x').stack",
        "return (() => new Error('x').stack)()",
        "try { null.x } catch (error) { return error.stack }",
        "return tools.up.fail().catch((error) => error.stack)",
        "return tools.nowhere.x().catch((error) => error.stack)",
        "return [1].map(() => new Error('x').stack)[0]",
        "let s; new Proxy({}, { get() { s = new Error('x').stack } }).a; return s",
        "return new Promise((resolve) => resolve(new Error('x').stack))",
        "return [3, 1].sort(() => { globalThis.s = new Error('x').stack; return 0 }) && s",
        "return String(function () {}) + String(async () => {})",
        "return String(tools.up.echo) + String(console.log) + String(Date) + String(RegExp) + String(Proxy)",
    ] {
        let text = run(code).text().expect("a text").to_string();
        for own in ["crates", ".rs", "hardening", "countdown", "wrapper", "bobbin"] {
            assert!(!text.contains(own), "{code}: {text}");
        }
    }
}

#[test]
fn a_stack_that_the_script_changed_changes_no_place() {
    for code in [
        "const e = new Error('x'); e.stack = 'at forged (script:99:1)'; throw e",
        "const e = new Error('x'); Object.defineProperty(e, 'stack', { get() { throw 1 } }); throw e",
        "Error.prepareStackTrace = () => 'at forged (script:99:1)'; throw new Error('x')",
        "Error.stackTraceLimit = 0; throw new Error('x')",
        "Error.captureStackTrace = null; throw new Error('x')",
    ] {
        let ran = run(code);
        assert_eq!(
            (ran.kind(), ran.failure().position.expect("a place").line),
            (Some(FailureKind::Runtime), 1),
            "{code}"
        );
    }
}
