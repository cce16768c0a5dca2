//! Types that are learned from JSON values: what a tool returned says what it will return.
//!
//! A [`Learned`] holds the shape of the values that were seen, never a value: kinds, the names of properties
//! and how often each was there, the shapes of elements. Property names that look like data (ids, UUIDs, dates,
//! numbers, hashes, more words than a name has) are taken together and not kept. An object with a name that is no
//! identifier and no few words with dots or hyphens between them is a map, of which no name is kept, and so is one
//! that is used as a map. Depth and size are bounded.
//!
//! It is stored as JSON text ([`Learned::to_json`]), grows with each further sample, and becomes a JSON
//! Schema ([`Learned::schema`]) for whoever declares the tool.
//!
//! Each caller has a [`Learned`] of its own. A [`Common`] is what those of several callers have in common, and the only
//! part of them that others may see. [`Declared`] is what one caller sees of both.

mod bounds;
mod common;
mod date;
mod declared;
mod keys;
mod learned;
mod like;
mod schema;
mod shape;

pub use common::Common;
pub use declared::Declared;
pub use learned::{Learned, UnreadableError};
