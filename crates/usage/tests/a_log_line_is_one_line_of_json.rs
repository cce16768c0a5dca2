//! Whatever names hold, a call is one line of JSON, of bounded length, that says what happened and nothing more.

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::call;
use usage::{Call, FailureKind, MAX_EXECUTION_CHARS, MAX_KEY_CHARS, MAX_SERVER_CHARS, MAX_TOOL_CHARS, Outcome};

fn read(line: &str) -> Value {
    serde_json::from_str(line).expect("JSON")
}

#[test]
fn a_line_says_who_called_what_and_how_it_ended() {
    let failed = Outcome::Failed(FailureKind::TimedOut);
    let line = Call { outcome: failed, ..call("k1", "files", "read_file") }.log_line(1_772_323_200_042);
    assert_eq!(
        line,
        r#"{"event":"call","at":"2026-03-01T00:00:00.042Z","execution":"e1","key":"k1","server":"files","tool":"read_file","duration_ms":5,"status":"timed-out","sent_bytes":10,"received_bytes":100}"#
    );
}

#[test]
fn outcomes_have_words_that_stay() {
    let outcomes = [
        (Outcome::Ok, "ok"),
        (Outcome::OwnAnswer, "ok"),
        (Outcome::ToolError, "tool-error"),
        (Outcome::Failed(FailureKind::UnknownServer), "unknown-server"),
        (Outcome::Failed(FailureKind::Configuration), "configuration"),
        (Outcome::Failed(FailureKind::Unreachable), "unreachable"),
        (Outcome::Failed(FailureKind::TimedOut), "timed-out"),
        (Outcome::Failed(FailureKind::HttpStatus), "http-status"),
        (Outcome::Failed(FailureKind::ClientStatus), "http-status"),
        (Outcome::Failed(FailureKind::Protocol), "protocol"),
        (Outcome::Failed(FailureKind::Rpc), "rpc"),
        (Outcome::Failed(FailureKind::Cancelled), "cancelled"),
        (Outcome::Failed(FailureKind::Refused), "refused"),
    ];
    for (outcome, word) in outcomes {
        let line = Call { outcome, ..call("k", "s", "t") }.log_line(0);
        assert_eq!(read(&line)["status"], json!(word));
    }
}

#[test]
fn what_a_terminal_or_a_viewer_of_logs_would_obey_is_escaped() {
    let name = "\u{1b}[2J\r\n\u{7f}\u{85}\u{9b}\u{2028}\u{2029}\u{202e}\u{2066}\u{200f}\"\\é漢😀";
    let line = call(name, name, name).log_line(0);
    assert_eq!(read(&line)["tool"], json!(name));
    let beyond_ascii: String = line.chars().filter(|character| !character.is_ascii()).collect();
    assert_eq!(beyond_ascii, "é漢😀".repeat(3));
}

#[test]
fn names_are_cut() {
    let long = "é".repeat(100_000);
    let line = read(&Call { execution: &long, ..call(&long, &long, &long) }.log_line(0));
    for (member, chars) in [
        ("execution", MAX_EXECUTION_CHARS),
        ("key", MAX_KEY_CHARS),
        ("server", MAX_SERVER_CHARS),
        ("tool", MAX_TOOL_CHARS),
    ] {
        assert_eq!(line[member], json!("é".repeat(chars - 1) + "…"), "{member}");
    }
    let longest = "x".repeat(MAX_TOOL_CHARS);
    assert_eq!(read(&call("", "", &longest).log_line(0))["tool"], json!(longest));
}

/// Every character is as likely as the troublesome ones.
fn names() -> impl Strategy<Value = String> {
    let trouble = prop::sample::select(vec!['"', '\\', '\n', '\r', '\0', '\u{85}', '\u{2028}', '{', '\u{ffff}']);
    prop::collection::vec(prop_oneof![any::<char>(), trouble], 0..300).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_names_give_one_line(execution in names(), key in names(), server in names(), tool in names(), at: u64) {
        let line = Call { execution: &execution, ..call(&key, &server, &tool) }.log_line(at);
        prop_assert!(!line.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')), "{line}");
        prop_assert!(line.len() < 4_000);
        let read = read(&line);
        for (member, name, most_chars) in [("key", key, MAX_KEY_CHARS), ("tool", tool, MAX_TOOL_CHARS)] {
            let written = read[member].as_str().expect("a text");
            prop_assert!(written.chars().count() <= most_chars);
            prop_assert!(name == written || name.starts_with(written.strip_suffix('…').expect("a cut name")));
        }
        prop_assert_eq!(read.as_object().expect("an object").len(), 10);
    }
}
