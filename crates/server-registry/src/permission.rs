use crate::{
    caller::{Caller, Purpose},
    fingerprint,
    records::KnownCatalog,
};
use mcp_client::Tool;
use serde_json::Value;
use tool_policy::{Access, MAX_NAME_CHARS, Policy};

/// What a caller may do with the tools of one server: the stricter of the server's policy and the caller's.
pub(crate) struct Permission<'a> {
    pub alias: &'a str,
    pub policy: &'a Policy,
    pub caller: &'a Caller,
    pub purpose: Purpose,
}

impl Permission<'_> {
    /// Whether nothing is forbidden.
    pub fn is_unlimited(&self) -> bool {
        self.policy.allows_all() && self.caller.allows_all_tools()
    }

    /// Whether a tool may be used, by its name and what its server says of it.
    pub fn allows(&self, tool: &str, annotations: Option<&Value>) -> bool {
        self.permits(self.policy.access(tool, annotations).strictest(self.caller.access(self.alias, tool, annotations)))
    }

    /// Whether a tool may be used that is not in the catalog: the server may have it for this client alone, or know
    /// another one by that name. So the name has no signs that are easily left out or taken for others.
    pub fn allows_unlisted(&self, tool: &str) -> bool {
        let is_plain = tool.bytes().all(|byte| byte.is_ascii_graphic()) && (1..=MAX_NAME_CHARS).contains(&tool.len());
        let policy = self.policy.access_in_any_case(None, tool);
        is_plain && self.permits(policy.strictest(self.caller.access_in_any_case(self.alias, tool)))
    }

    fn permits(&self, access: Access) -> bool {
        match self.purpose {
            Purpose::CodeMode => access.in_code_mode(),
            Purpose::Direct => access.at_all(),
        }
    }

    /// Whether a tool may be used, by its entry in the catalog.
    pub fn allows_tool(&self, tool: &Tool) -> bool {
        let annotations = tool.annotations.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
        self.allows(&tool.name, annotations.as_ref())
    }

    /// The part of a catalog that may be seen. Of tools that were left out nothing is said: they might be forbidden.
    pub fn part_of(&self, known: &KnownCatalog) -> KnownCatalog {
        let mut catalog = known.catalog.clone();
        catalog.tools.retain(|tool| self.allows_tool(tool));
        catalog.malformed.clear();
        let names = catalog.tools.iter().map(|tool| tool.name.as_str());
        let shown = names.fold(known.revision.clone(), |text, name| text + "\n" + name);
        let revision = fingerprint::of_text(shown.as_bytes());
        KnownCatalog { revision, catalog, ..*known }
    }
}
