use crate::Hints;
use serde::{Deserialize, Serialize};

/// Tools of one behaviour, by the hints of MCP's `ToolAnnotations` with MCP's defaults: a tool of which nothing is
/// said is `notReadOnly`, `destructive`, `notIdempotent` and `openWorld`.
///
/// A read-only tool is `notDestructive` and `idempotent`, whatever else is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Class {
    /// `readOnlyHint` is true.
    ReadOnly,
    /// `readOnlyHint` is false.
    NotReadOnly,
    /// Not read-only, and `destructiveHint` is true.
    Destructive,
    /// Read-only, or `destructiveHint` is false.
    NotDestructive,
    /// Read-only, or `idempotentHint` is true.
    Idempotent,
    /// Not read-only, and `idempotentHint` is false.
    NotIdempotent,
    /// `openWorldHint` is true.
    OpenWorld,
    /// `openWorldHint` is false.
    NotOpenWorld,
}

impl Class {
    /// Whether a tool of which this is said belongs to the class.
    pub(crate) fn has(self, hints: Hints) -> bool {
        let read_only = hints.read_only_hint.unwrap_or(false);
        let destructive = !read_only && hints.destructive_hint.unwrap_or(true);
        let idempotent = read_only || hints.idempotent_hint.unwrap_or(false);
        let open_world = hints.open_world_hint.unwrap_or(true);
        match self {
            Self::ReadOnly => read_only,
            Self::NotReadOnly => !read_only,
            Self::Destructive => destructive,
            Self::NotDestructive => !destructive,
            Self::Idempotent => idempotent,
            Self::NotIdempotent => !idempotent,
            Self::OpenWorld => open_world,
            Self::NotOpenWorld => !open_world,
        }
    }
}
