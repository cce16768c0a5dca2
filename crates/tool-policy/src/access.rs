use serde::{Deserialize, Serialize};

/// Where a tool may be used, from the widest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// Everywhere.
    #[default]
    Allowed,
    /// Not from scripts: only where a client calls the tool itself.
    BlockedInCodeMode,
    /// Nowhere. The tool is to be invisible.
    Blocked,
}

impl Access {
    /// What remains when both have a say.
    #[must_use]
    pub fn strictest(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether scripts may see and call the tool.
    #[must_use]
    pub fn in_code_mode(self) -> bool {
        self == Self::Allowed
    }

    /// Whether anyone may see and call the tool in any way.
    #[must_use]
    pub fn at_all(self) -> bool {
        self != Self::Blocked
    }
}
