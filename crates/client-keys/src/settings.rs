use crate::Role;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use tool_policy::Policy;

/// Longest name of a key, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// Most servers in a key's allow-list.
pub const MAX_SERVERS: usize = 200;

/// Highest rate limit of a key, in requests a minute.
pub const MAX_RATE_PER_MINUTE: u32 = 100_000;

/// What the operator decides about a key.
///
/// As JSON, in what the admin API takes and gives: `name`, `role`, `expiresAt` (a `date-time` of RFC 3339), `servers`,
/// `tools` and `rateLimitPerMinute`. Only `name` is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySettings {
    /// For people; not unique.
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Milliseconds since 1970.
    pub(crate) expires_at_ms: Option<u64>,
    /// Aliases; without the list, all servers.
    pub(crate) servers: Option<BTreeSet<String>>,
    pub(crate) tools: Policy,
    pub(crate) rate_limit_per_minute: Option<u32>,
}

impl KeySettings {
    /// The name that people gave the key; not unique.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the key is for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// From when on the key is refused, in milliseconds since 1970.
    #[must_use]
    pub fn expires_at_ms(&self) -> Option<u64> {
        self.expires_at_ms
    }

    /// The aliases of the servers that the key may see; `None` means all of them, now and later.
    #[must_use]
    pub fn servers(&self) -> Option<&BTreeSet<String>> {
        self.servers.as_ref()
    }

    /// What the key may do with the tools of all its servers, beside what the servers' own policies say.
    #[must_use]
    pub fn tools(&self) -> &Policy {
        &self.tools
    }

    /// How many requests a minute the key may make.
    #[must_use]
    pub fn rate_limit_per_minute(&self) -> Option<u32> {
        self.rate_limit_per_minute
    }
}

/// The JSON form that [`KeySettings::from_json`] reads.
impl Serialize for KeySettings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut members = to.serialize_struct("KeySettings", 6)?;
        members.serialize_field("name", &self.name)?;
        members.serialize_field("role", &self.role)?;
        if let Some(ms) = self.expires_at_ms {
            members.serialize_field("expiresAt", &date_time::write(ms))?;
        }
        if let Some(servers) = &self.servers {
            members.serialize_field("servers", servers)?;
        }
        members.serialize_field("tools", &self.tools)?;
        if let Some(rate) = self.rate_limit_per_minute {
            members.serialize_field("rateLimitPerMinute", &rate)?;
        }
        members.end()
    }
}
