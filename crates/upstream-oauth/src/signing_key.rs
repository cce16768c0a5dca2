use p256::ecdsa::signature::Signer;
use p256::pkcs8::DecodePrivateKey;
use std::{fmt, sync::Arc};

/// How assertions are signed (RFC 7518, section 3.1; RFC 8037, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Reads the name that JSON Web Signatures use.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Es256, Self::EdDsa].into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// The name that JSON Web Signatures use: `ES256` or `EdDSA`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    fn kind_of_key(self) -> &'static str {
        match self {
            Self::Es256 => "P-256",
            Self::EdDsa => "Ed25519",
        }
    }
}

/// A private key that signs assertions.
#[derive(Clone)]
pub struct SigningKey(Arc<Key>);

enum Key {
    Es256(p256::ecdsa::SigningKey),
    EdDsa(ed25519_dalek::SigningKey),
}

/// Why a text is no key to sign with. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSigningKey {
    /// It does not begin with `-----BEGIN PRIVATE KEY-----`.
    #[error("the private key is not PEM in PKCS#8 (BEGIN PRIVATE KEY); openssl pkcs8 -topk8 -nocrypt makes that")]
    NotPkcs8,
    /// It is encrypted with a passphrase.
    #[error("the private key is encrypted; openssl pkcs8 -topk8 -nocrypt takes the passphrase off")]
    Encrypted,
    /// It is a public key.
    #[error("this is the public key; the private one is needed")]
    Public,
    /// It is damaged, or not of the kind that the algorithm needs.
    #[error("the private key is damaged, or is no {} key, which {} needs", .algorithm.kind_of_key(), .algorithm.as_str())]
    Unsuitable { algorithm: Algorithm },
}

impl SigningKey {
    /// Reads a private key in PEM and PKCS#8 (RFC 5958, RFC 7468).
    pub fn from_pkcs8_pem(pem: &str, algorithm: Algorithm) -> Result<Self, InvalidSigningKey> {
        let pem = pem.trim();
        match pem.lines().next().unwrap_or_default().trim_end() {
            "-----BEGIN PRIVATE KEY-----" => {}
            "-----BEGIN ENCRYPTED PRIVATE KEY-----" => return Err(InvalidSigningKey::Encrypted),
            "-----BEGIN PUBLIC KEY-----" => return Err(InvalidSigningKey::Public),
            _ => return Err(InvalidSigningKey::NotPkcs8),
        }
        let key = match algorithm {
            Algorithm::Es256 => p256::ecdsa::SigningKey::from_pkcs8_pem(pem).map(Key::Es256),
            Algorithm::EdDsa => ed25519_dalek::SigningKey::from_pkcs8_pem(pem).map(Key::EdDsa),
        };
        key.map(|key| Self(Arc::new(key))).map_err(|_| InvalidSigningKey::Unsuitable { algorithm })
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        match *self.0 {
            Key::Es256(_) => Algorithm::Es256,
            Key::EdDsa(_) => Algorithm::EdDsa,
        }
    }

    /// The signature in the form of JSON Web Signatures. The same bytes are signed the same way each time (RFC 6979,
    /// RFC 8032): no randomness is needed.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        match &*self.0 {
            Key::Es256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().into()
            }
            Key::EdDsa(key) => key.sign(message).to_bytes(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a key for {}", self.algorithm().as_str())
    }
}
