use bytes::Bytes;
use redaction::Redactor;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn redactor(credentials: &[&str]) -> Redactor {
    Redactor::new(credentials.iter().map(ToString::to_string))
}

fn redacted(redactor: &Redactor, chunks: &[&[u8]]) -> Vec<u8> {
    let mut redaction = redactor.redaction();
    let mut text: Vec<u8> = chunks.iter().flat_map(|chunk| redaction.take(Bytes::copy_from_slice(chunk))).collect();
    text.extend(redaction.finish());
    text
}

#[test]
fn a_credential_is_replaced_wherever_chunks_end() {
    let redactor = redactor(&["planted-secret", "Bearer planted-secret"]);
    let text = b"{\"a\":\"Bearer planted-secret\",\"b\":\"x planted-secret planted-secre\"}";
    let expected = b"{\"a\":\"[redacted]\",\"b\":\"x [redacted] planted-secre\"}".to_vec();
    for at in 0..=text.len() {
        let (one, other) = text.split_at(at);
        assert_eq!(redacted(&redactor, &[one, other]), expected, "{at}");
    }
    let bytes: Vec<&[u8]> = text.chunks(1).collect();
    assert_eq!(redacted(&redactor, &bytes), expected);
}

#[test]
fn nothing_else_waits() {
    let redactor = redactor(&["planted-secret"]);
    let mut redaction = redactor.redaction();
    let event = Bytes::from_static(b"data: {}\n\n");
    let passed = redaction.take(event.clone());
    assert_eq!(passed.as_ptr(), event.as_ptr(), "not even a copy is made");
    assert_eq!(redaction.take(Bytes::from_static(b"a plan")), "a ");
    assert_eq!(redaction.take(Bytes::from_static(b"et")), "planet");
    assert_eq!(redaction.finish(), "");
}

#[test]
fn what_an_escape_could_still_become_waits() {
    let redactor = redactor(&["planted-secret"]);
    let mut redaction = redactor.redaction();
    assert_eq!(redaction.take(Bytes::from_static(b"a \\u00")), "a ");
    assert_eq!(redaction.take(Bytes::from_static(b"70")), "");
    assert_eq!(redaction.take(Bytes::from_static(b"lan")), "");
    assert_eq!(redaction.take(Bytes::from_static(b"e \\")), "\\u0070lane ");
    assert_eq!(redaction.finish(), "\\");
}

#[test]
fn what_is_added_meanwhile_counts() {
    let redactor = Redactor::default();
    let mut redaction = redactor.redaction();
    assert_eq!(redaction.take(Bytes::from_static(b"a token-1 ")), "a token-1 ");
    redactor.add("token-1".to_string());
    assert_eq!(redaction.take(Bytes::from_static(b"a token-1 tok")), "a [redacted] ");
    redactor.add("token-2".to_string());
    assert_eq!(redaction.take(Bytes::from_static(b"en-2 ")), "[redacted] ");
}

#[test]
fn new_tokens_push_out_older_ones_and_nothing_else() {
    let redactor = redactor(&["configured"]);
    for number in 0..20 {
        redactor.add(format!("a-much-longer-token-{number:02}"));
    }
    assert_eq!(
        redactor.redact("configured a-much-longer-token-19 a-much-longer-token-12"),
        "[redacted] [redacted] [redacted]"
    );
    assert_eq!(redactor.redact("a-much-longer-token-11"), "a-much-longer-token-11");
}

#[test]
fn what_is_left_is_json() {
    let redactor = redactor(&["a\\b\\c\\d"]);
    for text in [r#""a\\b\\c\\d\\""#, r#""\\a\\b\\c\\d""#, r#""a\u005cb\\c\u005cd\n""#] {
        let left = redacted(&redactor, &[text.as_bytes()]);
        let left: String = serde_json::from_slice(&left).expect("a string");
        assert!(left.contains("[redacted]"), "{text}: {left}");
    }
}

#[test]
fn values_lose_credentials_in_strings_names_and_numbers() {
    let redactor = redactor(&["token-1", "31415926"]);
    let mut value: Value =
        json!({"token-1": ["token-1", 1], "token\\u002d1": 2, "b": null, "pin": 31_415_926, "n": 3.5});
    redactor.redact_value(&mut value);
    assert_eq!(
        value,
        json!({"[redacted]": ["[redacted]", 1], "[redacted] 2": 2, "b": null, "pin": "[redacted]", "n": 3.5})
    );
    assert_eq!(format!("{redactor:?}"), "2 credentials");
}

#[test]
fn a_text_that_was_cut_ends_before_a_credential_that_was() {
    let redactor = redactor(&["planted-secret"]);
    assert_eq!(redactor.excerpt(b"no: planted-secr", false), "no:");
    assert_eq!(redactor.excerpt(b"no: planted\\u002dsec", false), "no:");
    assert_eq!(redactor.excerpt(b"no: planted-secret: no", false), "no: [redacted]: no");
    assert_eq!(redactor.excerpt(b"no: planted-secr", true), "no: planted-secr");
    // Wherever in it the 200th character is.
    for before in 180..205 {
        let text = format!("{}planted-secret, and more", "x".repeat(before));
        let shown = redactor.excerpt(text.as_bytes(), true);
        assert!(!shown.contains("pl"), "{before}: {shown}");
    }
}

#[test]
fn one_redactor_is_made_of_another() {
    let redactor = redactor(&["planted-secret"]);
    let both = redactor.with(["another-secret".to_string()]);
    assert_eq!(both.redact("planted-secret another-secret"), "[redacted] [redacted]");
    assert_eq!(redactor.redact("planted-secret another-secret"), "[redacted] another-secret");
}

#[test]
fn pieces_of_credentials_repeat_them() {
    let redactor = redactor(&["a/secret that=is&long", "k3y"]);
    for text in [
        "no: a/secret that=is&long",
        "no: secret t…",
        "client_secret=a%2Fsecret+that%3dis%26long",
        "unknown key k3y.",
        "%6b3y",
        "YS9zZWNyZXQgdGhhdD1pcyZsb25n",
    ] {
        assert!(redactor.repeats(text), "{text}");
    }
    assert!(!redactor.repeats("no such secret"));
    assert!(!Redactor::default().repeats("anything"));
}

#[test]
fn base64_around_a_credential_can_still_be_read() {
    let redactor = redactor(&["planted-secret"]);
    let text = "eyJrZXkiOiJwbGFudGVkLXNlY3JldCIsIm4iOjF9";
    let redacted = redactor.redact(text);
    assert_eq!(redacted.len(), text.len());
    assert!(
        redacted.starts_with("eyJrZXkiOi") && redacted.ends_with("Im4iOjF9") && redacted.contains("REDACTED"),
        "{redacted}"
    );
}

/// Texts that a server could make to keep the search busy, with the credential known to it.
#[test]
fn no_text_takes_long() {
    const BYTES: usize = 4 << 20;
    let long = "k7Qz/".to_owned() + &(0..400).map(|n| format!("{:x}", n * 7919 % 251)).collect::<String>();
    let periodic = "a".repeat(16 << 10);
    let almost = &long[..long.len() - 1];
    let escaped: String = almost.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let of = |piece: &str| piece.repeat(BYTES / piece.len());
    for (name, credential, text) in [
        ("plain", long.as_str(), of("{\"name\": \"value\", \"n\": 1}, ")),
        ("strings of JSON", &long, of("{\\\"name\\\": \\\"value\\\", \\\"n\\\": 1}, ")),
        ("backslashes", &long, of("\\")),
        ("escaped backslashes", &long, of("\\u005c")),
        ("escapes of escapes", &long, of("\\u005cu005cu005cu005cu0041")),
        ("percents", &long, of("%25")),
        ("percents of percents", &long, of("%2525252525")),
        ("all kinds", &long, of("&#92;u0026#37;25&amp;#x5c;u0025%5cu005c")),
        ("ampersands", &long, of("&")),
        ("plus signs", &long, of("+")),
        ("line ends", &long, of("\n")),
        ("almost the credential", &long, of(almost)),
        ("almost the credential, escaped", &long, of(&escaped)),
        ("its beginning", &long, of(&long[..20])),
        ("itself", &long, of(&long)),
        ("what repeats itself", &periodic, of(&("a".repeat(9_000) + "b"))),
        ("what repeats itself all over", &periodic, of("a")),
    ] {
        let redactor = Redactor::new([credential.to_string()]);
        let began = Instant::now();
        let redacted = redactor.redact(&text).len();
        let took = began.elapsed();
        println!("{name}: {took:?} for {BYTES} bytes, {redacted} left");
        assert!(took < Duration::from_secs(20), "{name}: {took:?}");
    }
}
