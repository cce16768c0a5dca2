use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

const HASH_BYTES: usize = 32;

/// SHA-256 of a key's secret and id. One round suffices: a secret has 256 random bits, so that nobody can guess it.
#[derive(Clone, Copy)]
pub(crate) struct SecretHash([u8; HASH_BYTES]);

impl SecretHash {
    /// The id counts, so that a hash moved to another key's record admits nobody.
    pub fn of(id: &str, secret: &str) -> Self {
        Self(sha256("bobbin client key", &[id, secret]))
    }

    /// Compares in constant time.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    pub fn to_hexadecimal(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn from_hexadecimal(text: &str) -> Option<Self> {
        if text.len() != 2 * HASH_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = [0; HASH_BYTES];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// The hash is not shown.
impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// Whether a given key is the expected one, such as the operator's `admin_key`. How long it takes does not depend on
/// what they have in common, nor on whether their lengths are equal. An empty `expected` is no key: nothing is it.
#[must_use]
pub fn is_same_key(given: &str, expected: &str) -> bool {
    const PURPOSE: &str = "bobbin comparison of keys";
    let same: bool = sha256(PURPOSE, &[given]).ct_eq(&sha256(PURPOSE, &[expected])).into();
    same & !expected.is_empty()
}

/// Hashes parts for a purpose. The purposes have no NUL, and lengths keep the parts apart.
fn sha256(purpose: &str, parts: &[&str]) -> [u8; HASH_BYTES] {
    let mut hash = Sha256::new_with_prefix(purpose).chain_update([0]);
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
