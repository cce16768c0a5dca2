use sealed_secrets::{InvalidKey, Keys, NotOpened, Purpose};

const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const NEW: &str = "//////////////////////////////////////////8=";
const FILES: Purpose<'_> = Purpose(&["server", "files", "Authorization"]);

fn keys(text: &str) -> Keys {
    Keys::read(text).expect("keys").expect("a key")
}

#[test]
fn a_secret_opens_with_its_key_and_purpose() {
    for secret in [&b""[..], b"Bearer abc", &[0; 100_000]] {
        let sealed = keys(OLD).seal(secret, FILES, [7; 12]);
        assert_eq!(keys(OLD).open(&sealed, FILES), Ok(secret.to_vec()));
        assert!(secret.is_empty() || !sealed.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn another_purpose_opens_nothing() {
    let sealed = keys(OLD).seal(b"Bearer abc", FILES, [7; 12]);
    for purpose in [
        Purpose(&["server", "other", "Authorization"]),
        Purpose(&["server", "filesA", "uthorization"]),
        Purpose(&["server", "files"]),
        Purpose(&[]),
    ] {
        assert_eq!(keys(OLD).open(&sealed, purpose), Err(NotOpened::Damaged), "{purpose:?}");
    }
}

#[test]
fn a_changed_byte_is_seen() {
    let sealed = keys(OLD).seal(b"Bearer abc", FILES, [7; 12]);
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(keys(OLD).open(&changed, FILES).is_err(), "byte {at}");
        assert!(keys(OLD).open(&sealed[..at], FILES).is_err(), "the first {at} bytes");
    }
}

#[test]
fn keys_can_be_changed() {
    let sealed = keys(OLD).seal(b"Bearer abc", FILES, [7; 12]);
    assert_eq!(keys(NEW).open(&sealed, FILES), Err(NotOpened::UnknownKey));
    let both = keys(&format!(" {NEW} , {OLD} "));
    assert_eq!(both.open(&sealed, FILES), Ok(b"Bearer abc".to_vec()));
    assert!(!both.is_current(&sealed));
    let again = both.seal(b"Bearer abc", FILES, [8; 12]);
    assert!(both.is_current(&again));
    assert_eq!(keys(NEW).open(&again, FILES), Ok(b"Bearer abc".to_vec()));
}

#[test]
fn keys_are_32_bytes_and_never_shown() {
    for empty in ["", " ", ","] {
        assert!(Keys::read(empty).expect("no keys").is_none());
    }
    for (text, number) in [("short", 1), (&OLD[1..], 1), (&*format!("{OLD},x"), 2), (&"é".repeat(32), 1)] {
        assert_eq!(Keys::read(text).err(), Some(InvalidKey { number }), "{text}");
    }
    let shown = format!("{:?}", keys(OLD));
    assert_eq!(shown, "Keys(1)");
}
