//! Secrets at rest, sealed with AES-256-GCM (NIST SP 800-38D).
//!
//! A sealed secret is bound to a purpose, such as a server's alias and the name of a header: opened for another it
//! fails, so that nobody who can write to the store can move a secret to a server of his own. Keys can be changed:
//! the first of [`Keys`] seals, all of them open, and [`Keys::is_current`] says what should be sealed anew.
//!
//! What need not be hidden, but must not be made up, gets a tag ([`Keys::tag`], HMAC-SHA-256). It is the same each time.

mod keys;
mod seal;
mod tag;

pub use keys::{InvalidKey, Keys};
pub use seal::{NotOpened, Purpose};
pub use tag::TAG_BYTES;
