//! TypeScript declarations from JSON Schema.
//!
//! A tool is declared as a function inside a namespace, so that what a declaration says is what a script
//! writes (`tools.files.read_file(…)`), and declarations can stand side by side in any order and number:
//!
//! ```ts
//! declare namespace tools.files {
//!   /** Read the complete contents of a file. */
//!   function read_file(args: { path: string; head?: number }): Promise<{ content: string }>;
//! }
//! ```
//!
//! Types that are recursive, or large and used more than once, stand in a namespace of the tool's name
//! (`read_file.Node`). Every declaration parses and type-checks under `tsc --strict`, whatever a server
//! sends: names and texts are escaped, depth and size are bounded (`unknown /* … */` marks what is left out).

mod comment;
mod cycles;
mod declaration;
mod from_schema;
mod inline;
mod jsdoc;
mod listing;
mod literal;
mod print;
mod schema_text;
mod types;

pub use comment::first_sentence;
pub use declaration::{Declaration, Detail, MAX_DESCRIPTION, MAX_FULL_BYTES, MAX_SIGNATURE_BYTES, ResultSchema, Tool};
pub use listing::Listing;
pub use schema_text::read as read_schema;

/// Advice that goes once with declarations of which some return `Promise<unknown>`.
pub const UNKNOWN_RESULT: &str =
    "Promise<unknown>: no result type is known; return the first result and look at it before relying on its shape.";
