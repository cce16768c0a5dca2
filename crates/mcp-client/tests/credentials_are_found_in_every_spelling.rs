//! Credentials in a body that passes through: whatever JSON makes of them, and wherever the body is cut.

use bytes::Bytes;
use mcp_client::Secrets;
use proptest::prelude::*;
use serde_json::Value;

const HIDDEN: &str = "[redacted]";

/// How a character of a string is written: `choice` says which of the ways that JSON has.
fn spelled(character: char, choice: u8) -> String {
    let must = matches!(character, '"' | '\\') || character < ' ';
    match (choice % 4, character) {
        (0 | 1, '"' | '\\') | (1, '/') => format!("\\{character}"),
        (0 | 1, '\n') => "\\n".to_string(),
        (0 | 1, '\t') => "\\t".to_string(),
        (0 | 1, _) if !must => character.to_string(),
        (other, _) => {
            let unit = |unit: &u16| if other == 2 { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") };
            character.encode_utf16(&mut [0; 2]).iter().map(unit).collect()
        }
    }
}

/// A JSON string.
fn string(text: &str, choices: &[u8]) -> String {
    let spelled = text.chars().zip(choices.iter().cycle()).map(|(character, choice)| spelled(character, *choice));
    format!("\"{}\"", spelled.collect::<String>())
}

/// What comes out of a body that comes in such chunks.
fn redacted(secrets: &[&str], body: &str, sizes: &[usize]) -> String {
    let mut redaction = Secrets::new(secrets.iter().map(ToString::to_string)).redaction();
    let mut passed = Vec::new();
    let mut rest = body.as_bytes();
    for size in sizes.iter().cycle() {
        let (chunk, others) = rest.split_at(rest.len().min(*size));
        passed.extend(redaction.take(Bytes::copy_from_slice(chunk)));
        rest = others;
        if rest.is_empty() {
            break;
        }
    }
    passed.extend(redaction.finish());
    String::from_utf8(passed).expect("what was text is text")
}

fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{6,9}",
        "[ -~]{6,16}",
        "[A-Za-z0-9+/=<>&\\\\\"]{6,24}",
        "[u0-9a-f\\\\]{6,12}",
        "[aé€😀/]{3,8}".prop_filter("long enough", |text| text.len() >= 6),
    ]
}

fn around() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{0,8}", "[ -~\n\t]{0,12}", "[u0-9a-f\\\\]{0,8}", "[aé😀\\\\/\"]{0,8}"]
}

/// How characters are written.
fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 1..20)
}

/// How long the chunks are.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![prop::collection::vec(1..12_usize, 1..8), Just(vec![1]), Just(vec![usize::MAX])]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn none_comes_through(
        (secret, before, after) in (secret(), around(), around()), (written, sizes) in (choices(), sizes()),
    ) {
        let text = format!("{before}{secret}{after}");
        let json = string(&text, &written);
        prop_assert_eq!(serde_json::from_str::<String>(&json).expect("a string"), text);
        let passed = redacted(&[&secret], &json, &sizes);
        let read: String = serde_json::from_str(&passed).expect("still a string");
        // What is put in its place may make another one of what stands around it.
        prop_assert!(!read.replace(HIDDEN, "\u{0}").contains(&secret), "{}", passed);
        prop_assert!(read.contains(HIDDEN), "{}", passed);
    }

    #[test]
    fn nor_in_json_within_json(
        (secret, before, after) in (secret(), around(), around()), (inner, outer) in (choices(), choices()),
        sizes in sizes(),
    ) {
        let json = string(&format!("{{\"text\":{}}}", string(&format!("{before}{secret}{after}"), &inner)), &outer);
        let passed = redacted(&[&secret], &json, &sizes);
        let read: String = serde_json::from_str(&passed).expect("still a string");
        let read: Value = serde_json::from_str(&read).expect("still JSON");
        let read = read["text"].as_str().expect("still a string").replace(HIDDEN, "\u{0}");
        prop_assert!(!read.contains(&secret), "{}", passed);
    }

    #[test]
    fn all_else_is_left_as_it_is(
        (secret, text) in (secret(), "[ -~é😀\n]{0,80}"), (inner, outer) in (choices(), choices()), sizes in sizes(),
    ) {
        let within = string(&text, &inner);
        let json = string(&within, &outer);
        prop_assume!([&text, &within, &json].iter().all(|level| !level.contains(&secret)));
        prop_assert_eq!(redacted(&[&secret], &json, &sizes), json);
    }

    #[test]
    fn chunks_make_no_difference(
        (text, secret, other) in ("[ab]{0,60}", "[ab]{6,9}", "[ab]{6,9}"), sizes in sizes(),
    ) {
        prop_assert_eq!(redacted(&[&secret], &text, &sizes), text.replace(&secret, HIDDEN));
        let whole = redacted(&[&secret, &other], &text, &[usize::MAX]);
        prop_assert_eq!(redacted(&[&secret, &other], &text, &sizes), whole);
    }

    #[test]
    fn nor_with_escapes(
        (text, secret) in ("([ab]|\\\\u006[12]|\\\\|u00){0,40}", "[ab\\\\u]{6,9}"), sizes in sizes(),
    ) {
        let whole = redacted(&[&secret], &text, &[usize::MAX]);
        prop_assert_eq!(redacted(&[&secret], &text, &sizes), whole);
    }
}
