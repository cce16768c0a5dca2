//! What a failure says is bounded: its message, the names in it, its stack. What is cut says how much is missing.

mod support;

use javascript::{Failure, FailureKind, FailureLimits, Limits, Program};
use support::{LIMITS, answer, program, run_program, server};

const SMALL: FailureLimits = FailureLimits { message_bytes: 300, name_bytes: 60, stack_bytes: 200 };

fn failure(code: &str) -> Failure {
    let limits = Limits { failures: SMALL, ..LIMITS };
    let ran = run_program(Program { limits, ..program(code) }, answer);
    ran.outcome.result.expect_err(code)
}

/// Bytes as JSON text.
fn bytes(text: &str) -> usize {
    serde_json::Value::from(text).to_string().len() - 2
}

#[test]
fn messages_are_cut_whatever_they_are_made_of() {
    for code in [
        "throw new Error('x'.repeat(1e6))",
        "throw new Error('\\u0001'.repeat(1e6))",
        "throw new Error('\"'.repeat(1e6))",
        "throw new Error('\\ud83d\\ude00'.repeat(1e5))",
        "throw new TypeError('x'.repeat(1e6))",
        "throw 'x'.repeat(1e6)",
        "throw { a: 'x'.repeat(1e6) }",
        "Promise.reject(new Error('x'.repeat(1e6))); 1",
        "await Promise.reject(new Error('x'.repeat(1e6)))",
        "({ ['k'.repeat(1e6)]: 1n })",
        "await tools.up.fail('x'.repeat(1e6)); null['x'.repeat(1e6)]",
    ] {
        let failure = failure(code);
        assert!(bytes(&failure.message) <= 300, "{code}: {}", failure.message);
        assert!(bytes(&failure.stack) <= 200, "{code}: {}", failure.stack);
    }
    let message = failure("throw new Error('x'.repeat(1e6))").message;
    let (kept, word) = message.split_once('…').expect("a word");
    assert_eq!(word, format!(" {} more bytes", 1_000_000 - kept.len()));
    assert_eq!(failure("throw new Error('short')").message, "short");
}

#[test]
fn names_leave_room_for_what_is_said() {
    for (code, said) in [
        ("throw Object.assign(new Error('said'), { name: 'n'.repeat(1e6) })", "more bytes: said"),
        ("await tools.up['sey'.repeat(1e5)]()", "search_tools lists its tools"),
        ("await tools['s'.repeat(1e6)].x()", "list_servers lists the servers"),
    ] {
        let message = failure(code).message;
        assert!(message.contains(" more bytes") && message.contains(said), "{message}");
    }
    // So do the names of tools that are meant.
    let long = format!("say_{}", "y".repeat(1_000));
    let bindings = vec![server("up", &[&long])];
    let limits = Limits { failures: SMALL, ..LIMITS };
    let ran = run_program(Program { bindings, limits, ..program("await tools.up.say_yyyyyyyyyyyyyyyyyyyy()") }, answer);
    let message = ran.failure().message.clone();
    assert!(message.contains("did you mean `say_y") && message.ends_with("more bytes`?"), "{message}");
}

#[test]
fn names_of_functions_do_not_hide_the_place() {
    let failure = failure("const f = { ['n'.repeat(1e6)]: () => { throw new Error('x') } };\nObject.values(f)[0]()");
    assert_eq!(failure.kind, FailureKind::Runtime);
    let position = failure.position.expect("a place");
    assert_eq!(position.line, 1);
    let first = failure.stack.lines().next().expect("a frame");
    assert!(first.starts_with("at nnn") && first.contains("more bytes (1:"), "{}", failure.stack);
}

#[test]
fn a_message_that_no_memory_is_left_for_is_one_all_the_same() {
    let limits = Limits { memory_bytes: 8 << 20, ..LIMITS };
    for units in ["'\\u00e9'.repeat(3e6)", "'\\u20ac'.repeat(15e5)"] {
        let ran = run_program(Program { limits, ..program(&format!("throw new Error({units})")) }, answer);
        assert!(!ran.failure().message.is_empty(), "{units}");
    }
}
