use sealed_secrets::{Keys, Purpose, TAG_BYTES};

const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const NEW: &str = "//////////////////////////////////////////8=";
const ONE: Purpose<'_> = Purpose(&["id", "server", "one"]);

fn keys(text: &str) -> Keys {
    Keys::read(text).expect("keys").expect("a key")
}

#[test]
fn the_same_each_time_and_no_other() {
    let tag = keys(OLD).tag(b"7", ONE);
    assert_eq!(tag, keys(OLD).tag(b"7", ONE));
    assert!(keys(OLD).is_tag(&tag, b"7", ONE));
    for (content, purpose) in [
        (&b"8"[..], ONE),
        (b"", ONE),
        (b"7", Purpose(&["id", "server", "other"])),
        (b"7", Purpose(&["id", "servero", "ne"])),
        (b"e7", Purpose(&["id", "server", "on"])),
    ] {
        assert!(!keys(OLD).is_tag(&tag, content, purpose), "{purpose:?}");
        assert_ne!(keys(OLD).tag(content, purpose), tag, "{purpose:?}");
    }
    for at in 0..TAG_BYTES {
        let mut changed = tag;
        changed[at] ^= 1;
        assert!(!keys(OLD).is_tag(&changed, b"7", ONE), "byte {at}");
        assert!(!keys(OLD).is_tag(&tag[..at], b"7", ONE), "the first {at} bytes");
    }
}

#[test]
fn an_older_key_still_counts_and_a_foreign_one_does_not() {
    let tag = keys(OLD).tag(b"7", ONE);
    assert!(keys(&format!("{NEW},{OLD}")).is_tag(&tag, b"7", ONE));
    assert!(!keys(NEW).is_tag(&tag, b"7", ONE));
    assert_eq!(keys(&format!("{NEW},{OLD}")).tag(b"7", ONE), keys(NEW).tag(b"7", ONE));
}
