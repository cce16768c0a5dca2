mod support;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use pkcs8::{Document, spki::SubjectPublicKeyInfoRef};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use scripted_upstream::Answer;
use serde_json::{Value, json};
use support::{EPOCH_MS, ISSUER, SERVER_METADATA, Scene, TOKEN_ENDPOINT, configuration, credentials, form, pages};
use upstream_oauth::{Algorithm, ClientAuthentication, ClientCredentials, Problem, SigningKey};

const P256: &str = include_str!("keys/p256.pem");
const ED25519: &str = include_str!("keys/ed25519.pem");
const RSA2048: &str = include_str!("keys/rsa2048.pem");

fn with_key(pem: &str, algorithm: Option<Algorithm>, key_id: Option<&str>) -> ClientCredentials {
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

/// Whether a signature is one of a public key in PEM.
fn is_of(public: &str, algorithm: &'static dyn VerificationAlgorithm) -> impl Fn(&[u8], &[u8]) -> bool {
    let (_, document) = Document::from_pem(public).expect("PEM");
    let public = SubjectPublicKeyInfoRef::try_from(document.as_bytes()).expect("a public key");
    let key = UnparsedPublicKey::new(algorithm, public.subject_public_key.raw_bytes().to_vec());
    move |message, signature| key.verify(message, signature).is_ok()
}

fn is_of_p256(message: &[u8], signature: &[u8]) -> bool {
    is_of(include_str!("keys/p256.public.pem"), &signature::ECDSA_P256_SHA256_FIXED)(message, signature)
}

fn is_of_rsa2048(algorithm: Algorithm) -> impl Fn(&[u8], &[u8]) -> bool {
    is_of(
        include_str!("keys/rsa2048.public.pem"),
        match algorithm {
            Algorithm::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
            _ => &signature::RSA_PKCS1_2048_8192_SHA256,
        },
    )
}

/// Which of the algorithms an RSA key signs with, where the authorization server lists some.
fn rsa_algorithm(fixed: Option<Algorithm>, listed: Option<Value>) -> Result<Value, Problem> {
    let mut metadata = json!({"issuer": ISSUER, "token_endpoint": TOKEN_ENDPOINT});
    if let Some(listed) = listed {
        metadata["token_endpoint_auth_signing_alg_values_supported"] = listed;
    }
    let mut pages = pages();
    pages.push((SERVER_METADATA, Answer::json(200, &metadata)));
    let scene = Scene::with_pages(configuration(with_key(RSA2048, fixed, None)), pages);
    match scene.token() {
        Ok(_) => {
            // Its header is read before it is known what its signature must be.
            let (header, _) = assertion(&scene, |signed, signature| {
                [Algorithm::Rs256, Algorithm::Ps256]
                    .into_iter()
                    .any(|algorithm| is_of_rsa2048(algorithm)(signed, signature))
            });
            let algorithm = header["alg"].as_str().and_then(Algorithm::parse).expect("an algorithm");
            assertion(&scene, is_of_rsa2048(algorithm));
            Ok(header["alg"].clone())
        }
        Err(error) => {
            assert_eq!(scene.asked().last().map(String::as_str), Some(SERVER_METADATA), "nothing was sent");
            Err(*error.problem)
        }
    }
}

#[test]
fn es256() {
    let scene = Scene::with_pages(configuration(with_key(P256, None, Some("key-1"))), pages());
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
    let scene = Scene::with_pages(configuration(with_key(ED25519, Some(Algorithm::EdDsa), None)), pages());
    assert_eq!(scene.token(), Ok("token-1".to_string()));
    let (header, claims) = assertion(&scene, is_of(include_str!("keys/ed25519.public.pem"), &signature::ED25519));
    assert_eq!(header, json!({"alg": "EdDSA", "typ": "JWT"}));
    assert_eq!(claims["aud"], ISSUER);
}

#[test]
fn rs256_with_rsa_keys_of_all_lengths() {
    for (private, public) in [
        (RSA2048, include_str!("keys/rsa2048.public.pem")),
        (include_str!("keys/rsa3072.pem"), include_str!("keys/rsa3072.public.pem")),
        (include_str!("keys/rsa4096.pem"), include_str!("keys/rsa4096.public.pem")),
    ] {
        let scene = Scene::with_pages(configuration(with_key(private, None, Some("key-1"))), pages());
        assert_eq!(scene.token(), Ok("token-1".to_string()));
        let (header, claims) = assertion(&scene, is_of(public, &signature::RSA_PKCS1_2048_8192_SHA256));
        assert_eq!(header, json!({"alg": "RS256", "typ": "JWT", "kid": "key-1"}));
        assert_eq!(claims["aud"], ISSUER);
    }
}

#[test]
fn ps256_where_the_authorization_server_lists_that_and_not_rs256() {
    for (listed, expected) in [
        (None, "RS256"),
        (Some(json!(["RS256", "PS256"])), "RS256"),
        (Some(json!(["PS256", "RS256"])), "RS256"),
        (Some(json!(["RS256"])), "RS256"),
        (Some(json!(["ES256", "PS256", "PS512"])), "PS256"),
    ] {
        assert_eq!(rsa_algorithm(None, listed.clone()), Ok(json!(expected)), "{listed:?}");
    }
    let refused = |chosen: &str, supported: &str| {
        Err(Problem::Unsupported { chosen: chosen.to_string(), supported: supported.to_string() })
    };
    assert_eq!(rsa_algorithm(None, Some(json!(["ES256", "RS384"]))), refused("RS256 or PS256", "ES256, RS384"));
    assert_eq!(rsa_algorithm(None, Some(json!([]))), refused("RS256 or PS256", ""));
}

#[test]
fn the_algorithm_that_is_configured_and_no_other() {
    let refused = |chosen: &str, supported: &str| {
        Err(Problem::Unsupported { chosen: chosen.to_string(), supported: supported.to_string() })
    };
    let (rs256, ps256) = (Some(Algorithm::Rs256), Some(Algorithm::Ps256));
    assert_eq!(rsa_algorithm(ps256, None), Ok(json!("PS256")));
    assert_eq!(rsa_algorithm(ps256, Some(json!(["RS256", "PS256"]))), Ok(json!("PS256")));
    assert_eq!(rsa_algorithm(ps256, Some(json!(["RS256"]))), refused("PS256", "RS256"));
    assert_eq!(rsa_algorithm(rs256, Some(json!(["PS256"]))), refused("RS256", "PS256"));
    // Without metadata, too.
    let token_endpoint = Some(TOKEN_ENDPOINT.parse().expect("a URL"));
    for (fixed, used) in [(None, Algorithm::Rs256), (ps256, Algorithm::Ps256)] {
        let client = ClientCredentials { token_endpoint: token_endpoint.clone(), ..with_key(RSA2048, fixed, None) };
        let scene = Scene::with_pages(configuration(client), pages());
        scene.token().expect("a token");
        assert_eq!(assertion(&scene, is_of_rsa2048(used)).0["alg"], used.as_str());
    }
}

#[test]
fn the_token_endpoint_is_the_audience_where_no_issuer_is_known() {
    let token_endpoint = Some(TOKEN_ENDPOINT.parse().expect("a URL"));
    let client = ClientCredentials { token_endpoint, ..with_key(P256, None, None) };
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
    let scene = Scene::with_pages(configuration(with_key(P256, None, None)), pages());
    scene.token().expect("a token");
    let first = assertion(&scene, is_of_p256).1["jti"].clone();
    scene.renew_after("token-1").expect("a token");
    let second = assertion(&scene, is_of_p256).1["jti"].clone();
    assert_ne!(first, second);
    let length = URL_SAFE_NO_PAD.decode(first.as_str().expect("a text")).expect("base64url").len();
    assert_eq!(length, 16, "128 random bits");
}

#[test]
fn algorithms_have_the_names_of_json_web_signatures() {
    for (name, algorithm) in [
        ("RS256", Some(Algorithm::Rs256)),
        ("PS256", Some(Algorithm::Ps256)),
        ("ES256", Some(Algorithm::Es256)),
        ("EdDSA", Some(Algorithm::EdDsa)),
        ("none", None),
        ("HS256", None),
    ] {
        assert_eq!(Algorithm::parse(name), algorithm);
    }
}
