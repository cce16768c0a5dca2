use aes_gcm::Nonce;
use aes_gcm::aead::{Aead, Payload};

use crate::Keys;
use crate::keys::ID_BYTES;

/// The form of what follows.
const VERSION: u8 = 1;

const NONCE_BYTES: usize = 12;

/// What a secret is for. Its parts cannot run into one another: (`"a"`, `"bc"`) is not (`"ab"`, `"c"`).
#[derive(Debug, Clone, Copy)]
pub struct Purpose<'a>(pub &'a [&'a str]);

/// Why a sealed secret cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// None of the keys is the one that it was sealed with.
    #[error(
        "it was sealed with a key that is not there any more; add that key to encryption_key, or set the secret again"
    )]
    UnknownKey,
    /// It is damaged, was made for another purpose, or is nothing sealed.
    #[error("it is damaged or belongs elsewhere; set the secret again")]
    Damaged,
}

impl Keys {
    /// Seals a secret with the newest key. No two secrets may be sealed with the same nonce: it is to be random.
    ///
    /// The form: a version, the key's id, the nonce, the ciphertext and its tag.
    #[must_use]
    pub fn seal(&self, secret: &[u8], purpose: Purpose<'_>, nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
        let aad = purpose.bytes();
        let payload = Payload { msg: secret, aad: &aad };
        let sealed = self.current.cipher.encrypt(Nonce::from_slice(&nonce), payload);
        // AES-GCM takes up to 64 GiB; no secret that fits into memory is refused.
        let sealed = sealed.expect("a secret shorter than 64 GiB");
        [&[VERSION][..], &self.current.id, &nonce, &sealed].concat()
    }

    /// Opens what [`Self::seal`] gave, for the same purpose.
    pub fn open(&self, sealed: &[u8], purpose: Purpose<'_>) -> Result<Vec<u8>, NotOpened> {
        let (id, rest) = parts(sealed).ok_or(NotOpened::Damaged)?;
        let key = self.named(id).ok_or(NotOpened::UnknownKey)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_BYTES).ok_or(NotOpened::Damaged)?;
        let aad = purpose.bytes();
        let payload = Payload { msg: ciphertext, aad: &aad };
        key.cipher.decrypt(Nonce::from_slice(nonce), payload).map_err(|_| NotOpened::Damaged)
    }

    /// Whether a sealed secret was sealed with the newest key.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        parts(sealed).is_some_and(|(id, _)| id == self.current.id)
    }
}

/// The key's id, and what follows it.
fn parts(sealed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (version, rest) = sealed.split_first()?;
    (*version == VERSION).then(|| rest.split_at_checked(ID_BYTES))?
}

impl Purpose<'_> {
    /// Each part after its length.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let parts = self.0.iter().flat_map(|part| [&(part.len() as u64).to_be_bytes()[..], part.as_bytes()].concat());
        parts.collect()
    }
}
