//! Ranked search over tools: BM25F (BM25 over weighted fields) with prefixes, small typos and light stemming.
//!
//! Own code, because the crates for this (`bm25`, `tantivy`, `probly-search`) either score one flat text,
//! with no weight for names and no tolerance for prefixes and typos, or are search engines with files and
//! threads, of which `wasm32-unknown-unknown` without imports has none.

mod distance;
mod index;
mod parameters;
mod query;
mod stem;
mod tokens;

pub use index::{Document, Index};
pub use parameters::parameter_names;
pub use query::{MAX_QUERY_CHARACTERS, Ranked};
