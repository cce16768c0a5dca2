//! Code Mode: the tools that an agent sees on `/mcp`, the run that drives a script, and what comes back.
//!
//! A request's way: [`CodeMode`] answers `tools/call` for `execute_code` by loading the catalogs that the script
//! mentions (`catalogs`), starting a session and driving it (`run`) with calls that are looked up and checked first,
//! and telling the agent what happened (`report`). Everything outside is behind the traits of [`platform`], so all of
//! it is tested without WebAssembly.

mod arguments;
mod calls;
mod catalogs;
mod direct;
mod learning;
mod mentions;
pub mod platform;
mod report;
mod run;
mod service;
pub mod settings;
mod tools;
mod value;

pub use direct::DirectTools;
pub use learning::Samples;
pub use service::{CodeMode, State};
