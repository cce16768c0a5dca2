//! Cuts what is too long for whom it is for, and says how much is missing.
//!
//! Lengths are those of JSON text, since that is what is sent: a control character counts as six bytes.

mod text;
mod value;

pub use text::{json_bytes, text};
pub use value::value;
