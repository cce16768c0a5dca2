use crate::{algorithm::Algorithm, signing_key::SigningKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::error::Unspecified;
use serde_json::{Value, json};

/// For how long an assertion is good, in seconds.
const LIFETIME_S: u64 = 60;

/// What a client says of itself.
pub(crate) struct Claims<'a> {
    pub client_id: &'a str,
    /// Who is to believe it.
    pub audience: &'a str,
    pub now_unix_s: u64,
    /// A number that is used once.
    pub nonce: [u64; 2],
}

impl Claims<'_> {
    /// The signed assertion: a JSON Web Token (RFC 7523, section 3).
    pub fn sign(&self, key: &SigningKey, algorithm: Algorithm, key_id: Option<&str>) -> Result<String, Unspecified> {
        let mut header = json!({"alg": algorithm.as_str(), "typ": "JWT"});
        if let Some(key_id) = key_id {
            header["kid"] = Value::from(key_id);
        }
        let nonce: Vec<u8> = self.nonce.iter().flat_map(|number| number.to_be_bytes()).collect();
        let claims = json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "jti": URL_SAFE_NO_PAD.encode(nonce),
            "iat": self.now_unix_s,
            "exp": self.now_unix_s.saturating_add(LIFETIME_S),
        });
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.encode(key.sign(algorithm, signed.as_bytes())?);
        Ok(format!("{signed}.{signature}"))
    }
}
