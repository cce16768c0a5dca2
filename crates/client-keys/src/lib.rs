//! The keys by which clients reach the gateway.
//!
//! A key's text `bob_<id>_<secret>` is shown once, when [`NewKey::make`] makes it. What is kept is a [`KeyRecord`]:
//! a hash of the secret, and the [`KeySettings`] that say what the key may do. A request brings a text;
//! [`GivenKey::parse`] finds the id under which the record is stored, and [`KeyRecord::admits`] compares. Deleting the
//! record revokes the key.
//!
//! Nothing here reads a clock or makes random bytes: both are given.

mod key_text;
mod new_key;
mod problem;
mod record;
mod role;
mod secret_hash;
mod settings;
mod settings_json;
mod stored;
mod view;

pub use key_text::GivenKey;
pub use new_key::{NewKey, RANDOM_BYTES};
pub use problem::{InvalidSettings, Problem};
pub use record::{KeyRecord, Refused};
pub use role::Role;
pub use secret_hash::is_same_key;
pub use settings::{KeySettings, MAX_NAME_CHARS, MAX_RATE_PER_MINUTE, MAX_SERVERS};
pub use stored::{RECORD_VERSION, RecordError};
pub use view::KeyView;
