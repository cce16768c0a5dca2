use serde::Serialize;
use tool_policy::{Access, Class, Hints};

/// A tool of a server, and what is decided about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToolView {
    /// Its name, as the server calls it.
    pub name: String,
    /// Title for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is said of its behaviour: by the operator, and where that is silent by the server.
    pub annotations: Hints,
    /// The class that follows from them: `readOnly`, `notDestructive` or `destructive`.
    pub class: Class,
    /// Where it may be used.
    pub access: Access,
}

impl ToolView {
    /// A tool of this behaviour.
    #[must_use]
    pub fn new(name: String, title: Option<String>, annotations: Hints, access: Access) -> Self {
        // MCP, `ToolAnnotations`: what is not said is not read-only, and destructive.
        let class = match (annotations.read_only_hint, annotations.destructive_hint) {
            (Some(true), _) => Class::ReadOnly,
            (_, Some(false)) => Class::NotDestructive,
            _ => Class::Destructive,
        };
        Self { name, title, annotations, class, access }
    }
}
