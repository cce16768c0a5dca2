use crate::{
    call::unusable, client::Client, clock::Clock, deadlines::Deadline, error::Error, request::Call,
    transport::Transport,
};
use serde_json::{Map, Value};

/// A method that only reads, and means the same in both eras: what one era's client asks, the other's server can
/// answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedMethod {
    ToolsList,
    ResourcesList,
    ResourceTemplatesList,
    ResourcesRead,
    PromptsList,
    PromptsGet,
    Complete,
}

impl SharedMethod {
    const ALL: [Self; 7] = [
        Self::ToolsList,
        Self::ResourcesList,
        Self::ResourceTemplatesList,
        Self::ResourcesRead,
        Self::PromptsList,
        Self::PromptsGet,
        Self::Complete,
    ];

    /// The method of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Its name in JSON-RPC.
    pub fn name(self) -> &'static str {
        match self {
            Self::ToolsList => "tools/list",
            Self::ResourcesList => "resources/list",
            Self::ResourceTemplatesList => "resources/templates/list",
            Self::ResourcesRead => "resources/read",
            Self::PromptsList => "prompts/list",
            Self::PromptsGet => "prompts/get",
            Self::Complete => "completion/complete",
        }
    }

    /// Whether the modern era says of its results for how long they may be kept (MCP 2026-07-28, "Caching").
    pub fn is_cached(self) -> bool {
        !matches!(self, Self::PromptsGet | Self::Complete)
    }

    /// The parameter that a modern request mirrors in `Mcp-Name`.
    fn mirrored(self) -> Option<&'static str> {
        match self {
            Self::ResourcesRead => Some("uri"),
            Self::PromptsGet => Some("name"),
            _ => None,
        }
    }
}

impl<T: Transport, C: Clock> Client<T, C> {
    /// Asks on behalf of somebody else, in the era of the server. `params` are those of the method, without what an
    /// era adds to `_meta`.
    pub async fn relay(&self, method: SharedMethod, params: Map<String, Value>) -> Result<Value, Error> {
        let name = method.mirrored().and_then(|field| params.get(field)?.as_str().map(str::to_string));
        let call = Call { name: name.as_deref(), ..Call::reading(method.name(), params) };
        let mut result = self.limited(Deadline::Call, self.ask(&call)).await?;
        if let Some(fault) = unusable(&result) {
            return Err(self.protocol(method.name(), fault));
        }
        self.server.redactor.redact_value(&mut result);
        Ok(result)
    }
}
