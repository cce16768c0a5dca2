use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is said of a tool's behaviour: the hints of MCP's `ToolAnnotations`, each of which may be left out.
///
/// As the operator's word it is read strictly (unknown members are errors); what a server says is taken as far as it
/// makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hints {
    /// The tool does not modify its environment. MCP's default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_hint: Option<bool>,
    /// The tool may destroy something; if false, it only adds. MCP's default: true. Means nothing for read-only tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destructive_hint: Option<bool>,
    /// Calling it again with the same arguments changes nothing more. MCP's default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotent_hint: Option<bool>,
    /// The tool meets an open world, such as the web. MCP's default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_world_hint: Option<bool>,
}

impl Hints {
    /// Reads a server's `annotations`, which may be any JSON: what is no boolean counts as not said.
    pub(crate) fn of_server(annotations: Option<&Value>) -> Self {
        let hint = |name: &str| annotations.and_then(|members| members.get(name)).and_then(Value::as_bool);
        Self {
            read_only_hint: hint("readOnlyHint"),
            destructive_hint: hint("destructiveHint"),
            idempotent_hint: hint("idempotentHint"),
            open_world_hint: hint("openWorldHint"),
        }
    }

    /// These hints, and where they say nothing, those of someone with less authority.
    ///
    /// Read-only and destructive are one statement: who calls a tool destructive has said that it is not read-only.
    pub(crate) fn above(self, lesser: Self) -> Self {
        let said_destructive = (self.destructive_hint == Some(true)).then_some(false);
        Self {
            read_only_hint: self.read_only_hint.or(said_destructive).or(lesser.read_only_hint),
            destructive_hint: self.destructive_hint.or(lesser.destructive_hint),
            idempotent_hint: self.idempotent_hint.or(lesser.idempotent_hint),
            open_world_hint: self.open_world_hint.or(lesser.open_world_hint),
        }
    }
}
