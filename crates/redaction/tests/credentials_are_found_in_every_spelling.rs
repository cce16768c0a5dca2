//! Credentials in what a server says: whatever JSON, URLs and HTML make of them, and wherever it is cut.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use proptest::prelude::*;
use redaction::{HIDDEN, Redactor};
use serde_json::Value;

/// How a character of a JSON string is written: `choice` says which of the ways that JSON has.
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

/// A JSON string without its quotes.
fn json(text: &str, choices: &[u8]) -> String {
    text.chars().zip(choices.iter().cycle()).map(|(character, choice)| spelled(character, *choice)).collect()
}

fn string(text: &str, choices: &[u8]) -> String {
    format!("\"{}\"", json(text, choices))
}

fn percent(text: &str, choices: &[u8]) -> String {
    let spelled = |(byte, choice): (u8, &u8)| match choice % 3 {
        0 if byte.is_ascii() && byte != b'%' && byte != b'+' => char::from(byte).to_string(),
        1 => format!("%{byte:02x}"),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().zip(choices.iter().cycle()).map(spelled).collect()
}

fn html(text: &str, choices: &[u8]) -> String {
    let spelled = |(character, choice): (char, &u8)| match choice % 4 {
        0 if character != '&' => character.to_string(),
        1 => format!("&#{};", u32::from(character)),
        2 => format!("&#x{:X};", u32::from(character)),
        _ => match character {
            '&' => "&amp;".to_string(),
            '<' => "&lt;".to_string(),
            '"' => "&quot;".to_string(),
            '/' => "&sol;".to_string(),
            _ => format!("&#x{:05x};", u32::from(character)),
        },
    };
    text.chars().zip(choices.iter().cycle()).map(spelled).collect()
}

/// The text with some of its characters escaped.
fn written_as(kind: u8, text: &str, choices: &[u8], is_escaped: impl Fn(char) -> bool) -> String {
    let write = |(character, choice): (char, &u8)| {
        let (text, choices) = (character.to_string(), [*choice]);
        match kind {
            _ if !is_escaped(character) => text,
            0 => json(&text, &choices),
            1 => percent(&text, &choices),
            _ => html(&text, &choices),
        }
    };
    text.chars().zip(choices.iter().cycle()).map(write).collect()
}

/// What comes out of a body that comes in such chunks.
fn redacted(secrets: &[&str], body: &str, sizes: &[usize]) -> String {
    let redactor = Redactor::new(secrets.iter().map(ToString::to_string));
    let mut redaction = redactor.redaction();
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
    let passed = String::from_utf8(passed).expect("what was text is text");
    assert_eq!(redactor.redact(body), passed, "chunks make no difference");
    passed
}

fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{6,9}",
        "[ -~]{6,16}",
        "[A-Za-z0-9+/=<>&\\\\\"]{6,24}",
        "[u0-9a-f\\\\]{6,12}",
        "[%0-9a-f&#;]{6,12}",
        "[aé€😀/]{3,8}".prop_filter("long enough", |text| text.len() >= 6),
    ]
}

fn around() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{0,8}", "[ -~\n\t]{0,12}", "[u0-9a-f\\\\]{0,8}", "[aé😀\\\\/\"]{0,8}", "[%&#;0-9a-f]{0,8}"]
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
    fn none_comes_through_in_json(
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

    /// Whatever is written within whatever, four deep.
    #[test]
    fn nor_in_spellings_of_spellings(
        (secret, before, after) in ("[ -$'-Z^-~]{6,16}", around(), around()), (kind, choices) in (0..3_u8, choices()),
        outer in prop::collection::vec((0..3_u8, any::<u8>()), 0..4), sizes in sizes(),
    ) {
        let mut written = written_as(kind, &secret, &choices, |_| true);
        for (kind, choice) in &outer {
            // Of a text that is escaped again, what has to be escaped, and always in the same way.
            written = written_as(*kind, &written, &[*choice], |character| "\\\"%&+".contains(character));
        }
        let passed = redacted(&[&secret], &format!("{before} {written} {after}"), &sizes);
        prop_assert!(passed.contains(HIDDEN), "{}: {}", written, passed);
    }

    #[test]
    fn nor_in_base64_or_hexadecimal(
        (secret, before, after) in ("[A-Za-z0-9/+=.-]{12,40}", "[ -~]{0,9}", "[ -~]{0,9}"), how in 0..4,
        (written, sizes) in (choices(), sizes()),
    ) {
        let text = format!("{before}{secret}{after}");
        let encoded = match how {
            0 => STANDARD.encode(&text),
            1 => URL_SAFE_NO_PAD.encode(&text),
            2 => STANDARD.encode(&text).as_bytes().chunks(19).map(|line| String::from_utf8_lossy(line) + "\r\n").collect(),
            _ => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        };
        let passed: String = serde_json::from_str(&redacted(&[&secret], &string(&encoded, &written), &sizes)).expect("a string");
        let passed: String = passed.split_whitespace().collect();
        let read = match how {
            0 if !passed.contains(HIDDEN) => STANDARD.decode(&passed).expect("still base64"),
            1 if !passed.contains(HIDDEN) => URL_SAFE_NO_PAD.decode(&passed).expect("still base64"),
            _ => [STANDARD.decode(passed.replace(HIDDEN, "")).unwrap_or_default(), passed.as_bytes().to_vec()].concat(),
        };
        // The characters at its ends tell a few bits of their neighbours as well.
        let piece = &secret.as_bytes()[2..secret.len() - 2];
        prop_assert!(!read.windows(piece.len()).any(|part| part == piece), "{}", passed);
        prop_assert!(passed.contains(HIDDEN) || passed.contains("RED"), "{}", passed);
    }

    #[test]
    fn all_else_is_left_as_it_is(
        (secret, text) in ("[A-Za-z0-9/+_-]{8,40}", "[ -~é😀\n]{0,80}"), (inner, outer) in (choices(), choices()), sizes in sizes(),
    ) {
        let within = string(&text, &inner);
        let json = string(&within, &outer);
        prop_assume!([&text, &within, &json].iter().all(|level| !level.contains(&secret)));
        prop_assert_eq!(redacted(&[&secret], &json, &sizes), json);
    }

    #[test]
    fn bytes_that_are_no_text_pass(
        (secret, bytes) in ("[A-Za-z0-9/+_-]{8,40}", prop::collection::vec(any::<u8>(), 0..200)), size in 1..40_usize,
    ) {
        let mut redaction = Redactor::new([secret]).redaction();
        let mut passed: Vec<u8> =
            bytes.chunks(size).flat_map(|chunk| redaction.take(Bytes::copy_from_slice(chunk))).collect();
        passed.extend(redaction.finish());
        prop_assert_eq!(passed, bytes);
    }

    #[test]
    fn overlapping_ones_go_as_a_whole(
        (text, secret, other) in ("[ab]{0,60}", "[ab]{6,9}", "[ab]{6,9}"), sizes in sizes(),
    ) {
        let passed = redacted(&[&secret, &other], &text, &sizes);
        let mut hidden = vec![false; text.len()];
        for one in [&secret, &other] {
            for at in 0..text.len().saturating_sub(one.len() - 1) {
                if text[at..].starts_with(one.as_str()) {
                    hidden[at..at + one.len()].fill(true);
                }
            }
        }
        let shown: String = text.chars().zip(&hidden).filter(|(_, hidden)| !**hidden).map(|(one, _)| one).collect();
        prop_assert_eq!(passed.replace(HIDDEN, ""), shown);
    }

    #[test]
    fn broken_escapes_are_survived(
        (text, secret) in ("([ab]|\\\\u006[12]|\\\\|u00|%6|%61|&#|&#97;|&amp){0,40}", "[ab\\\\u]{6,9}"), sizes in sizes(),
    ) {
        redacted(&[&secret], &text, &sizes);
    }
}
