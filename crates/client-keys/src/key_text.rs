use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;

const PREFIX: &str = "bob_";

/// Characters of an id: 60 bits.
pub(crate) const ID_CHARS: usize = 12;

/// Characters of a secret: 256 bits in base64url without padding (RFC 4648, section 5).
const SECRET_CHARS: usize = 43;

/// Base32 of RFC 4648, in lower case.
const ID_ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// A text that has the form of a key. Whether it is one, its record says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GivenKey<'a> {
    id: &'a str,
    pub(crate) secret: &'a str,
}

impl<'a> GivenKey<'a> {
    /// Reads `bob_<id>_<secret>`: nothing before, between or after, each part of its length and alphabet.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (id, rest) = text.strip_prefix(PREFIX)?.split_at_checked(ID_CHARS)?;
        let secret = rest.strip_prefix('_')?;
        (is_id(id) && is_secret(secret)).then_some(Self { id, secret })
    }

    /// What names the key; no secret.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }
}

/// The secret is not shown.
impl fmt::Debug for GivenKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenKey({PREFIX}{}_…)", self.id)
    }
}

pub(crate) fn is_id(text: &str) -> bool {
    text.len() == ID_CHARS && text.bytes().all(|byte| ID_ALPHABET.contains(&byte))
}

fn is_secret(text: &str) -> bool {
    text.len() == SECRET_CHARS && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// An id of random bits.
pub(crate) fn id(random: [u8; 8]) -> String {
    let bits = u64::from_le_bytes(random);
    (0..ID_CHARS).map(|at| char::from(ID_ALPHABET[(bits >> (5 * at)) as usize % ID_ALPHABET.len()])).collect()
}

/// A secret of random bits.
pub(crate) fn secret(random: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

pub(crate) fn text(id: &str, secret: &str) -> String {
    format!("{PREFIX}{id}_{secret}")
}
