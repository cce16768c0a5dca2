mod support;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::signature::Verifier;
use p256::pkcs8::DecodePublicKey;
use serde_json::{Value, json};
use support::{EPOCH_MS, ISSUER, Scene, TOKEN_ENDPOINT, configuration, credentials, form, pages};
use upstream_oauth::{Algorithm, ClientAuthentication, ClientCredentials, InvalidSigningKey, SigningKey};

const P256: &str = include_str!("keys/p256.pem");
const ED25519: &str = include_str!("keys/ed25519.pem");

fn with_key(pem: &str, algorithm: Algorithm, key_id: Option<&str>) -> ClientCredentials {
    let key = SigningKey::from_pkcs8_pem(pem, algorithm).expect("a key");
    let key_id = key_id.map(str::to_string);
    let authentication = ClientAuthentication::PrivateKeyJwt { key, key_id };
    ClientCredentials { authentication, ..credentials() }
}

/// Header and claims of the last request's assertion, and whether the signature fits.
fn assertion(scene: &Scene, verify: impl Fn(&[u8], &[u8]) -> bool) -> (Value, Value) {
    let request = scene.last();
    assert_eq!(request.header("authorization"), "", "one method at a time");
    let fields = form(&request);
    assert_eq!(fields["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert_eq!((fields["client_id"].as_str(), fields["grant_type"].as_str()), ("bobbin", "client_credentials"));
    let (signed, signature) = fields["client_assertion"].rsplit_once('.').expect("three parts");
    let (header, claims) = signed.split_once('.').expect("three parts");
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64url");
    assert!(verify(signed.as_bytes(), &decode(signature)), "the signature fits");
    assert!(!verify(&signed.as_bytes()[1..], &decode(signature)), "and fits nothing else");
    let read = |part: &str| serde_json::from_slice(&decode(part)).expect("JSON");
    (read(header), read(claims))
}

fn is_of_p256(message: &[u8], signature: &[u8]) -> bool {
    let key = p256::ecdsa::VerifyingKey::from_public_key_pem(include_str!("keys/p256.public.pem")).expect("a key");
    key.verify(message, &p256::ecdsa::Signature::from_slice(signature).expect("a signature")).is_ok()
}

fn is_of_ed25519(message: &[u8], signature: &[u8]) -> bool {
    let key = ed25519_dalek::VerifyingKey::from_public_key_pem(include_str!("keys/ed25519.public.pem")).expect("a key");
    key.verify_strict(message, &ed25519_dalek::Signature::from_slice(signature).expect("a signature")).is_ok()
}

#[test]
fn es256() {
    let scene = Scene::with_pages(configuration(with_key(P256, Algorithm::Es256, Some("key-1"))), pages());
    assert_eq!(scene.token(), Ok("token-1".to_string()));
    let (header, claims) = assertion(&scene, is_of_p256);
    assert_eq!(header, json!({"alg": "ES256", "typ": "JWT", "kid": "key-1"}));
    let now_s = EPOCH_MS / 1_000;
    assert_eq!(
        claims,
        json!({"iss": "bobbin", "sub": "bobbin", "aud": ISSUER, "jti": claims["jti"], "iat": now_s, "exp": now_s + 60})
    );
}

#[test]
fn eddsa() {
    let scene = Scene::with_pages(configuration(with_key(ED25519, Algorithm::EdDsa, None)), pages());
    assert_eq!(scene.token(), Ok("token-1".to_string()));
    let (header, claims) = assertion(&scene, is_of_ed25519);
    assert_eq!(header, json!({"alg": "EdDSA", "typ": "JWT"}));
    assert_eq!(claims["aud"], ISSUER);
}

#[test]
fn the_token_endpoint_is_the_audience_where_no_issuer_is_known() {
    let token_endpoint = Some(TOKEN_ENDPOINT.parse().expect("a URL"));
    let client = ClientCredentials { token_endpoint, ..with_key(P256, Algorithm::Es256, None) };
    let scene = Scene::with_pages(configuration(client.clone()), pages());
    scene.token().expect("a token");
    assert_eq!(assertion(&scene, is_of_p256).1["aud"], TOKEN_ENDPOINT);

    let client = ClientCredentials { issuer: Some(ISSUER.to_string()), ..client };
    let scene = Scene::with_pages(configuration(client), pages());
    scene.token().expect("a token");
    assert_eq!(assertion(&scene, is_of_p256).1["aud"], ISSUER);
}

#[test]
fn no_two_are_the_same() {
    let scene = Scene::with_pages(configuration(with_key(P256, Algorithm::Es256, None)), pages());
    scene.token().expect("a token");
    let first = assertion(&scene, is_of_p256).1["jti"].clone();
    scene.renew_after("token-1").expect("a token");
    let second = assertion(&scene, is_of_p256).1["jti"].clone();
    assert_ne!(first, second);
    let length = URL_SAFE_NO_PAD.decode(first.as_str().expect("a text")).expect("base64url").len();
    assert_eq!(length, 16, "128 random bits");
}

#[test]
fn what_is_no_key_is_told_apart_and_not_shown() {
    let damaged = P256.replace("\nMIGHAgEA", "\nMIGHAgEB");
    assert_ne!(damaged, P256);
    for (pem, algorithm, expected) in [
        (ED25519, Algorithm::Es256, InvalidSigningKey::Unsuitable { algorithm: Algorithm::Es256 }),
        (P256, Algorithm::EdDsa, InvalidSigningKey::Unsuitable { algorithm: Algorithm::EdDsa }),
        (&damaged, Algorithm::Es256, InvalidSigningKey::Unsuitable { algorithm: Algorithm::Es256 }),
        (include_str!("keys/p256.sec1.pem"), Algorithm::Es256, InvalidSigningKey::NotPkcs8),
        (include_str!("keys/p256.encrypted.pem"), Algorithm::Es256, InvalidSigningKey::Encrypted),
        (include_str!("keys/p256.public.pem"), Algorithm::Es256, InvalidSigningKey::Public),
        ("", Algorithm::EdDsa, InvalidSigningKey::NotPkcs8),
    ] {
        assert_eq!(SigningKey::from_pkcs8_pem(pem, algorithm).expect_err("no key"), expected);
    }
    let text = InvalidSigningKey::Unsuitable { algorithm: Algorithm::Es256 }.to_string();
    assert_eq!(text, "the private key is damaged, or is no P-256 key, which ES256 needs");
    let padded = format!("\n  {}\r\n", P256.replace('\n', "\r\n"));
    let key = SigningKey::from_pkcs8_pem(&padded, Algorithm::Es256).expect("blanks around it do no harm");
    assert_eq!(format!("{key:?}"), "a key for ES256");
}

#[test]
fn algorithms_have_the_names_of_json_web_signatures() {
    assert_eq!(Algorithm::parse("ES256"), Some(Algorithm::Es256));
    assert_eq!(Algorithm::parse("EdDSA"), Some(Algorithm::EdDsa));
    assert_eq!(Algorithm::parse("none"), None);
    assert_eq!(Algorithm::parse("HS256"), None);
}
