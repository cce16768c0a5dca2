use crate::{
    algorithm::Algorithm,
    private_key::{InvalidSigningKey, PrivateKey},
};
use ring::{
    error::Unspecified,
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding},
};
use std::{fmt, slice, sync::Arc};

/// A private key that signs assertions.
#[derive(Clone)]
pub struct SigningKey {
    key: Arc<PrivateKey>,
    /// The one algorithm that it is to sign with.
    fixed: Option<Algorithm>,
}

impl SigningKey {
    /// Reads a private key in PEM and PKCS#8 (RFC 5958, RFC 7468): RSA, P-256 or Ed25519. Without an algorithm it signs
    /// with what its kind allows and the authorization server lists.
    pub fn from_pkcs8_pem(pem: &str, algorithm: Option<Algorithm>) -> Result<Self, InvalidSigningKey> {
        let key = PrivateKey::from_pkcs8_pem(pem)?;
        let kind = key.kind();
        match algorithm {
            Some(algorithm) if !kind.algorithms().contains(&algorithm) => {
                Err(InvalidSigningKey::OtherKind { kind, algorithm })
            }
            fixed => Ok(Self { key: Arc::new(key), fixed }),
        }
    }

    /// Signs something, which shows damage of an RSA key that reading it does not. Takes as long as signing.
    pub fn check(&self) -> Result<(), InvalidSigningKey> {
        let kind = self.key.kind();
        let signed = self.algorithms().first().map(|algorithm| self.sign(*algorithm, b"check"));
        signed.and_then(Result::ok).map(drop).ok_or(InvalidSigningKey::Damaged { kind })
    }

    /// What it may sign with; the first where nothing speaks for another.
    pub(crate) fn algorithms(&self) -> &[Algorithm] {
        match &self.fixed {
            Some(algorithm) => slice::from_ref(algorithm),
            None => self.key.kind().algorithms(),
        }
    }

    /// The signature in the form of JSON Web Signatures, by one of [`Self::algorithms`]. Fails where the parts of an
    /// RSA key do not belong together, and where the system gives no randomness.
    pub(crate) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let random = SystemRandom::new();
        match &*self.key {
            PrivateKey::Rsa(key) => {
                let padding: &dyn RsaEncoding = match algorithm {
                    Algorithm::Ps256 => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(padding, &random, message, &mut signature)?;
                Ok(signature)
            }
            PrivateKey::P256(key) => Ok(key.sign(&random, message)?.as_ref().to_vec()),
            PrivateKey::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} key", self.key.kind())
    }
}
