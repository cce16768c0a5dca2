use crate::{Keys, Purpose, keys::NamedKey};
use hmac::Mac;

/// Bytes of a tag.
pub const TAG_BYTES: usize = 16;

impl Keys {
    /// The tag of a content for a purpose, by the newest key. Nobody else can make it.
    #[must_use]
    pub fn tag(&self, content: &[u8], purpose: Purpose<'_>) -> [u8; TAG_BYTES] {
        let whole = self.current.mac_of(content, purpose).finalize().into_bytes();
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&whole[..TAG_BYTES]);
        tag
    }

    /// Whether a tag is one of a content for a purpose, by any of the keys.
    #[must_use]
    pub fn is_tag(&self, tag: &[u8], content: &[u8], purpose: Purpose<'_>) -> bool {
        // A shorter one would be easier to find.
        tag.len() == TAG_BYTES && self.all().any(|key| key.mac_of(content, purpose).verify_truncated_left(tag).is_ok())
    }
}

impl NamedKey {
    fn mac_of(&self, content: &[u8], purpose: Purpose<'_>) -> hmac::Hmac<sha2::Sha256> {
        let purpose = purpose.bytes();
        let length = (purpose.len() as u64).to_be_bytes();
        self.mac.clone().chain_update(length).chain_update(purpose).chain_update(content)
    }
}
