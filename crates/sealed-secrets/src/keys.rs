use aes_gcm::{Aes256Gcm, Key, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fmt;

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// Bytes by which a sealed secret names its key.
pub(crate) const ID_BYTES: usize = 4;

/// A text that is no list of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "key {number} of the encryption key is not 32 bytes in hexadecimal or base64; `openssl rand -hex 32` makes one. \
     Several are separated by commas, the newest first"
)]
pub struct InvalidKey {
    /// Position in the list, from 1.
    pub number: usize,
}

/// The keys under which secrets are sealed, newest first. There is at least one.
#[derive(Clone)]
pub struct Keys {
    pub(crate) current: NamedKey,
    pub(crate) older: Vec<NamedKey>,
}

#[derive(Clone)]
pub(crate) struct NamedKey {
    /// The beginning of a hash of the key, which tells nothing of it.
    pub id: [u8; ID_BYTES],
    pub cipher: Aes256Gcm,
    /// For tags.
    pub mac: Hmac<Sha256>,
}

impl Keys {
    /// Reads the variable `encryption_key`; `None` when it is empty.
    pub fn read(variable: &str) -> Result<Option<Self>, InvalidKey> {
        let texts = variable.split(',').map(str::trim).filter(|text| !text.is_empty());
        let keys = texts.enumerate().map(|(at, text)| read_key(text).ok_or(InvalidKey { number: at + 1 }));
        let mut keys = keys.collect::<Result<Vec<_>, _>>()?.into_iter();
        Ok(keys.next().map(|current| Self { current, older: keys.collect() }))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &NamedKey> {
        std::iter::once(&self.current).chain(&self.older)
    }

    pub(crate) fn named(&self, id: &[u8]) -> Option<&NamedKey> {
        self.all().find(|key| key.id == id)
    }
}

fn read_key(text: &str) -> Option<NamedKey> {
    let hexadecimal = from_hexadecimal(text);
    let engines = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD];
    let bytes = hexadecimal.or_else(|| engines.iter().find_map(|engine| engine.decode(text).ok()))?;
    let bytes: [u8; KEY_BYTES] = bytes.try_into().ok()?;
    let derived = |what: &str| Sha256::new().chain_update(what).chain_update([0]).chain_update(bytes).finalize();
    let mut id = [0; ID_BYTES];
    id.copy_from_slice(&derived("bobbin encryption key id")[..ID_BYTES]);
    let mac = <Hmac<Sha256> as Mac>::new_from_slice(&derived("bobbin tag key")).ok()?;
    Some(NamedKey { id, cipher: Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(&bytes)), mac })
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    if text.len() != 2 * KEY_BYTES || !text.is_ascii() {
        return None;
    }
    (0..KEY_BYTES).map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()).collect()
}

/// Keys are not shown.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", 1 + self.older.len())
    }
}
