//! Types that are learned from JSON values: what a tool returned says what it will return.
//!
//! A [`Learned`] holds the shape of the values that were seen, never a value: kinds, the names of properties
//! and how often each was there, the shapes of elements. Property names that look like data (ids, e-mail
//! addresses, UUIDs, URLs, dates, numbers, paths) are taken together and not kept, and so are all names of an
//! object that is used as a map. Depth and size are bounded.
//!
//! It is stored as JSON text ([`Learned::to_json`]), grows with each further sample, and becomes a JSON
//! Schema ([`Learned::schema`]) for whoever declares the tool.

mod bounds;
mod date;
mod keys;
mod learned;
mod like;
mod schema;
mod shape;

pub use learned::{Learned, UnreadableError};
