use client_keys::KeyRecord;
use serde_json::Value;
use tool_policy::Access;

/// What a caller wants the servers for: a server or a tool can be kept out of Code Mode alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Scripts, and what is searched and declared for them.
    CodeMode,
    /// The tools themselves, one call each.
    Direct,
}

/// Who signed in.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// Somebody on this machine, where no admin key is set.
    Local,
    /// The operator, by the admin key.
    Operator,
    /// A client, by a key of its own.
    Client(Box<KeyRecord>),
}

impl Caller {
    /// Tells callers apart, in sealed sessions, logs and counters.
    pub fn id(&self) -> &str {
        match self {
            Self::Local | Self::Operator => usage::OPERATOR,
            Self::Client(key) => key.id(),
        }
    }

    /// Whether the caller may use the admin API.
    pub fn may_manage(&self) -> bool {
        match self {
            Self::Local | Self::Operator => true,
            Self::Client(key) => key.may_manage(),
        }
    }

    /// Whether a server exists for the caller.
    pub fn may_use(&self, alias: &str) -> bool {
        match self {
            Self::Local | Self::Operator => true,
            Self::Client(key) => key.may_use(alias),
        }
    }

    /// Whether the caller is not limited to some servers.
    pub fn may_use_any_server(&self) -> bool {
        match self {
            Self::Local | Self::Operator => true,
            Self::Client(key) => key.settings().servers().is_none(),
        }
    }

    /// Whether there are others who must be told from the caller: not where no key is needed, and who comes is at home.
    pub fn has_others(&self) -> bool {
        !matches!(self, Self::Local)
    }

    /// Whether anything is forbidden to the caller, or its requests are counted.
    pub fn is_restricted(&self) -> bool {
        match self {
            Self::Local | Self::Operator => false,
            Self::Client(key) => {
                let settings = key.settings();
                let has_limits = settings.servers().is_some() || settings.rate_limit_per_minute().is_some();
                has_limits || !settings.tools().allows_all()
            }
        }
    }

    /// Whether the caller's own policy lets every tool pass.
    pub fn allows_all_tools(&self) -> bool {
        match self {
            Self::Local | Self::Operator => true,
            Self::Client(key) => key.settings().tools().allows_all(),
        }
    }

    /// What the caller's own policy says of a tool that its server does not list, in whatever case it is written.
    pub fn access_in_any_case(&self, alias: &str, tool: &str) -> Access {
        match self {
            Self::Local | Self::Operator => Access::Allowed,
            Self::Client(key) => key.settings().tools().access_in_any_case(Some(alias), tool),
        }
    }

    /// What the caller's own policy says of a tool.
    pub fn access(&self, alias: &str, tool: &str, annotations: Option<&Value>) -> Access {
        match self {
            Self::Local | Self::Operator => Access::Allowed,
            Self::Client(key) => key.access(alias, tool, annotations),
        }
    }
}
