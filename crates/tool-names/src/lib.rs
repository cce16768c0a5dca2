//! The names by which a script reaches servers and tools, and the nearest ones to a wrong name.
//!
//! A script may always write the original name (`tools["my-srv"]["resolve-library-id"]`). A name that is
//! no identifier also gets a sanitised one (`tools.my_srv.resolve_library_id`). Execution resolves these
//! names and discovery declares them, so both take them from here.

pub mod alias;
mod nearest;
mod scope;

pub use nearest::nearest;
pub use scope::{Scope, is_identifier};

/// The expression that calls a tool: `tools.files.read_file`, from the identifiers of its server and itself.
pub fn callable(server_identifier: &str, tool_identifier: &str) -> String {
    format!("tools.{server_identifier}.{tool_identifier}")
}

/// The flat name of a tool, before collisions are resolved: `<server>_<tool>`.
pub fn flat(server_identifier: &str, tool_identifier: &str) -> String {
    format!("{server_identifier}_{tool_identifier}")
}
