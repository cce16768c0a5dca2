//! `{"mcpServers": {…}}`, the form in which IDEs keep servers.

pub(crate) mod entry;
pub(crate) mod export;
pub(crate) mod import;
