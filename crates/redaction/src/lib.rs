//! Takes credentials out of what a server says, however it spells them.
//!
//! A [`Redactor`] knows the credentials of one server. It looks for each as it is, in base64 at every alignment, and in
//! hexadecimal (`forms`); and each of these in every spelling of JSON strings, URLs and HTML, nested up to
//! [`NESTING`] times and mixed (`spelling`). One pass finds all of them (`search`), in whole texts and in bytes that come
//! in chunks ([`Redaction`]).

mod escape;
mod escape_of_json;
mod excerpt;
mod forms;
mod patterns;
mod pieces;
mod redaction;
mod redactor;
mod search;
mod spelling;

pub use redaction::Redaction;
pub use redactor::Redactor;
pub use spelling::NESTING;

/// What stands in the place of a credential.
pub const HIDDEN: &str = "[redacted]";
