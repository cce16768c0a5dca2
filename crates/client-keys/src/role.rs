use serde::{Deserialize, Serialize};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// To use servers and their tools.
    #[default]
    Use,
    /// Also to manage the gateway through the admin API: all of it. The servers and tools of the key limit which tools
    /// it calls, and not what it manages.
    Manage,
}
