mod support;

use base64::{Engine, engine::general_purpose::STANDARD};
use support::{Scene, configuration, credentials, pages};
use upstream_oauth::{
    Algorithm, ClientAuthentication, ClientCredentials, InvalidSigningKey, KindOfKey, Problem, SigningKey,
};

const P256: &str = include_str!("keys/p256.pem");
const ED25519: &str = include_str!("keys/ed25519.pem");
const RSA2048: &str = include_str!("keys/rsa2048.pem");

fn read(pem: &str) -> Result<SigningKey, InvalidSigningKey> {
    SigningKey::from_pkcs8_pem(pem, None)
}

/// What is between the lines of PEM.
fn unwrapped(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).expect("base64")
}

/// A private key in PEM.
fn wrapped(bytes: &[u8]) -> String {
    let body = STANDARD.encode(bytes);
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

/// A key with one bit of it turned, counted in bytes from its end.
fn damaged(pem: &str, from_end: usize) -> String {
    let mut bytes = unwrapped(pem);
    let at = bytes.len() - from_end;
    bytes[at] ^= 1;
    wrapped(&bytes)
}

#[test]
fn keys_of_all_kinds() {
    for (pem, kind) in [
        (P256, "P-256"),
        (ED25519, "Ed25519"),
        (RSA2048, "RSA"),
        (include_str!("keys/rsa3072.pem"), "RSA"),
        (include_str!("keys/rsa4096.pem"), "RSA"),
    ] {
        for pem in [pem.to_string(), format!("\n  {}\r\n", pem.replace('\n', "\r\n"))] {
            let key = read(&pem).expect("a key, blanks around it or not");
            assert_eq!(format!("{key:?}"), format!("{kind} key"));
            key.check().expect("it signs");
        }
    }
}

#[test]
fn a_key_signs_with_the_algorithms_of_its_kind_only() {
    use Algorithm::{EdDsa, Es256, Ps256, Rs256};
    for (pem, kind, own) in [
        (P256, KindOfKey::P256, &[Es256][..]),
        (ED25519, KindOfKey::Ed25519, &[EdDsa]),
        (RSA2048, KindOfKey::Rsa, &[Rs256, Ps256]),
    ] {
        for algorithm in [Rs256, Ps256, Es256, EdDsa] {
            let read = SigningKey::from_pkcs8_pem(pem, Some(algorithm));
            match own.contains(&algorithm) {
                true => read.expect("a key").check().expect("it signs"),
                false => assert_eq!(read.expect_err("no key"), InvalidSigningKey::OtherKind { kind, algorithm }),
            }
        }
    }
    let other = InvalidSigningKey::OtherKind { kind: KindOfKey::P256, algorithm: Rs256 };
    assert_eq!(other.to_string(), "P-256 keys, such as this one, do not sign with RS256");
}

#[test]
fn what_cannot_be_used_is_told_apart_with_what_helps_and_not_shown() {
    let damaged_version = P256.replace("\nMIGHAgEA", "\nMIGHAgEE");
    let ecparam = format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{P256}");
    for (pem, expected, help) in [
        (include_str!("keys/rsa2048.pkcs1.pem"), InvalidSigningKey::Traditional, "openssl pkcs8 -topk8 -nocrypt"),
        (include_str!("keys/p256.sec1.pem"), InvalidSigningKey::Traditional, "openssl pkcs8 -topk8 -nocrypt"),
        (&ecparam, InvalidSigningKey::Traditional, "openssl pkcs8 -topk8 -nocrypt"),
        (include_str!("keys/p256.encrypted.pem"), InvalidSigningKey::Encrypted, "openssl pkcs8 -topk8 -nocrypt"),
        (include_str!("keys/p256.public.pem"), InvalidSigningKey::Public, "the private one"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", InvalidSigningKey::OpenSsh, "ssh-keygen -p -m PKCS8"),
        ("-----BEGIN CERTIFICATE-----\nMIIB", InvalidSigningKey::Public, "the private one"),
        ("", InvalidSigningKey::NotPkcs8, "-----BEGIN PRIVATE KEY-----"),
        (include_str!("keys/rsa1024.pem"), InvalidSigningKey::RsaLength { bits: 1024 }, "rsa_keygen_bits:2048"),
        (include_str!("keys/rsa2560.pem"), InvalidSigningKey::RsaLength { bits: 2560 }, "rsa_keygen_bits:2048"),
        (include_str!("keys/p256.no-public.pem"), InvalidSigningKey::NoPublicPart, "ec_paramgen_curve:P-256"),
        (include_str!("keys/p256.compressed.pem"), InvalidSigningKey::Compressed, "-ec_conv_form uncompressed"),
        (include_str!("keys/p384.pem"), InvalidSigningKey::UnknownKind, "RSA"),
        (include_str!("keys/rsa2048.pss.pem"), InvalidSigningKey::UnknownKind, "openssl genpkey -algorithm RSA)"),
        (include_str!("keys/rsa2048.exponent3.pem"), InvalidSigningKey::Damaged { kind: KindOfKey::Rsa }, "65537"),
        (&damaged(RSA2048, 3), InvalidSigningKey::Damaged { kind: KindOfKey::Rsa }, "damaged"),
        (&damaged(P256, 3), InvalidSigningKey::Damaged { kind: KindOfKey::P256 }, "damaged"),
        (&damaged_version, InvalidSigningKey::Unreadable, "damaged"),
        (&P256[..100], InvalidSigningKey::Unreadable, "damaged"),
    ] {
        let error = read(pem).expect_err("no key");
        assert_eq!(error, expected);
        let text = error.to_string();
        assert!(text.contains(help), "{text}");
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let shown = format!("{text} {error:?}");
        assert!(
            !body.as_bytes().windows(8).any(|piece| shown.contains(str::from_utf8(piece).expect("ASCII"))),
            "{shown}"
        );
    }
}

#[test]
fn keys_that_end_early_or_have_another_byte_anywhere_do_no_harm() {
    for pem in [P256, ED25519, include_str!("keys/p256.compressed.pem"), include_str!("keys/rsa1024.pem")] {
        let whole = unwrapped(pem);
        for at in 0..whole.len() {
            read(&wrapped(&whole[..at])).expect_err("only a part");
            for byte in [0x00, 0x7f, 0x80, 0xff, whole[at] ^ 1] {
                let mut changed = whole.clone();
                changed[at] = byte;
                // It may be another key; if so, it signs or says that it does not.
                read(&wrapped(&changed)).and_then(|key| key.check()).ok();
            }
        }
    }
}

/// Of `dP`, that is: it is near the end, before `dQ` and the coefficient, with about 131 bytes each.
#[test]
fn damage_that_only_signing_shows_is_found_before_anything_is_sent() {
    let pem = damaged(RSA2048, 300);
    let key = read(&pem).expect("it looks like a key");
    assert_eq!(key.check(), Err(InvalidSigningKey::Damaged { kind: KindOfKey::Rsa }));
    let authentication = ClientAuthentication::PrivateKeyJwt { key, key_id: None };
    let scene = Scene::with_pages(configuration(ClientCredentials { authentication, ..credentials() }), pages());
    let error = scene.token().expect_err("no token");
    assert_eq!(*error.problem, Problem::NotSigned);
    assert!(!scene.asked().iter().any(|asked| asked == support::TOKEN_ENDPOINT));
}
