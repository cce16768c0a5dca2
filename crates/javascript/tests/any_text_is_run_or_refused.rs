//! Whatever text comes as code: the session ends, never panics, and the next one is as healthy as before.

mod support;

use javascript::{Limits, Program, Session, Step};
use proptest::prelude::*;
use support::{LIMITS, answer, assert_next_is_healthy, program, run_program};

/// Little enough that endless scripts end soon.
const SMALL: Limits =
    Limits { compute_steps: 20_000, memory_bytes: 2 << 20, calls: 5, log_bytes: 1_000, failures: LIMITS.failures };

/// What programs are made of, and what might confuse the session around them.
const PIECES: [&str; 72] = [
    "a",
    "x",
    "0",
    "1.5",
    "10n",
    "'s'",
    "\"",
    "'",
    "`",
    "${",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    ".",
    "?.",
    "=",
    "==",
    "=>",
    "+",
    "++",
    "--",
    "-->",
    "<!--",
    "/",
    "/*",
    "*/",
    "//",
    "\n",
    "\r",
    "\u{2028}",
    " ",
    "!",
    "?",
    ":",
    "...",
    "**",
    "return",
    "await",
    "async",
    "function",
    "class",
    "const",
    "let",
    "var",
    "if",
    "else",
    "for",
    "of",
    "while",
    "do",
    "try",
    "catch",
    "finally",
    "throw",
    "new",
    "yield",
    "import",
    "export",
    "this",
    "super",
    "tools.up.echo",
    "tools.nowhere.x()",
    "console.log",
    "```",
    "#!",
    "\\u{61}",
    "\u{feff}",
];

fn code() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40).prop_map(|pieces| pieces.join(" ")),
        2 => prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => prop::collection::vec(any::<u8>(), 0..60).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_ends(code in code()) {
        let ran = run_program(Program { limits: SMALL, ..program(&code) }, answer);
        if let Err(failure) = &ran.outcome.result {
            prop_assert!(!failure.message.is_empty(), "{:?}", failure);
            let lines = code.split('\n').count() as u32 + 1;
            prop_assert!(failure.position.is_none_or(|at| at.line <= lines), "{:?} of {} lines", failure, lines);
        }
    }

    #[test]
    fn any_settlement_text_ends(text in any::<String>()) {
        let code = "const got = await tools.up.echo().catch((error) => error.name); console.log(got); return typeof got";
        let ran = run_program(program(code), |_| Ok(text.clone()));
        prop_assert!(ran.outcome.result.is_ok(), "{:?}", ran.outcome);
    }
}

#[test]
fn the_next_session_is_healthy() {
    for code in ["}", "'", "`${", "/*", "\0", "\u{feff}", "#!", "```", "```\n```", "\u{202e}", "\\", "😀"] {
        run_program(program(code), answer);
        assert_next_is_healthy(code);
    }
}

#[test]
fn limits_of_nothing_at_all_are_errors() {
    let nothing = Limits { compute_steps: 0, memory_bytes: 0, calls: 0, log_bytes: 0, failures: LIMITS.failures };
    for limits in [
        nothing,
        Limits { compute_steps: 0, ..LIMITS },
        Limits { memory_bytes: 0, ..LIMITS },
        Limits { memory_bytes: 1, ..LIMITS },
        Limits { memory_bytes: 40_000, ..LIMITS },
        Limits { memory_bytes: 200_000, ..LIMITS },
    ] {
        let mut session = Session::new(Program { limits, ..program("let n = 0; while (n < 9) n++; return n") });
        let Step::Finished(outcome) = session.resume(Vec::new()) else { panic!("it waits") };
        assert!(outcome.result.is_err(), "{limits:?} {outcome:?}");
        assert_eq!(session.resume(Vec::new()), Step::Finished(outcome), "{limits:?}");
    }
    assert_next_is_healthy("no limits");
}
