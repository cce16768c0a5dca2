//! The servers and tools of a run, by the names that a script may write.

use std::cell::OnceCell;

use tool_names::Scope;

use crate::program::ServerBinding;

/// The bindings of a program. What is not looked up costs nothing.
#[derive(Debug)]
pub(crate) struct Names {
    servers: Vec<Server>,
    scope: OnceCell<Scope>,
}

#[derive(Debug)]
struct Server {
    alias: String,
    tools: Option<Vec<String>>,
    scope: OnceCell<Scope>,
}

/// What a written tool name stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ToolName {
    /// A tool of the server, or a name that only the driver can judge.
    Known(String),
    /// No tool of the server.
    Unknown,
}

impl Names {
    pub(crate) fn new(bindings: Vec<ServerBinding>) -> Self {
        let servers = bindings
            .into_iter()
            .map(|binding| Server { alias: binding.alias, tools: binding.tools, scope: OnceCell::new() })
            .collect();
        Self { servers, scope: OnceCell::new() }
    }

    fn scope(&self) -> &Scope {
        self.scope.get_or_init(|| Scope::new(self.aliases()))
    }

    fn server(&self, alias: &str) -> Option<&Server> {
        self.servers.iter().find(|server| server.alias == alias)
    }

    /// The aliases, in the order of the bindings.
    pub(crate) fn aliases(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(|server| server.alias.as_str())
    }

    /// The alias of the server that a script means.
    pub(crate) fn resolve_server(&self, written: &str) -> Option<&str> {
        self.scope().resolve(written)
    }

    /// The tool of a server that a script means.
    pub(crate) fn resolve_tool(&self, alias: &str, written: &str) -> ToolName {
        let Some(server) = self.server(alias) else { return ToolName::Unknown };
        match server.scope() {
            Some(scope) => scope.resolve(written).map_or(ToolName::Unknown, |name| ToolName::Known(name.to_string())),
            None => ToolName::Known(written.to_string()),
        }
    }

    /// Whether the tools of a server are known.
    pub(crate) fn knows_tools(&self, alias: &str) -> bool {
        self.server(alias).is_some_and(|server| server.tools.is_some())
    }

    /// The names of a server's tools, in the order of the binding; none when they are not known.
    pub(crate) fn tools(&self, alias: &str) -> impl Iterator<Item = &str> {
        self.server(alias).and_then(|server| server.tools.as_deref()).unwrap_or_default().iter().map(String::as_str)
    }

    /// The identifiers of a server's tools, in the order of the binding.
    pub(crate) fn tool_identifiers(&self, alias: &str) -> Vec<String> {
        let Some(scope) = self.server(alias).and_then(Server::scope) else { return Vec::new() };
        self.tools(alias).filter_map(|name| scope.identifier(name)).map(str::to_string).collect()
    }

    /// The identifiers of the servers, in the order of the bindings.
    pub(crate) fn server_identifiers(&self) -> Vec<String> {
        self.aliases().filter_map(|alias| self.scope().identifier(alias)).map(str::to_string).collect()
    }

    /// The tool that a flat name means: `<server>_<tool>`, both as identifiers. Where several would fit,
    /// the one whose server comes first in order of bytes has it.
    pub(crate) fn resolve_flat(&self, written: &str) -> Option<(String, String)> {
        let mut found: Option<(&str, String)> = None;
        for (at, _) in written.match_indices('_') {
            let (server, tool) = (&written[..at], &written[at + 1..]);
            let Some(alias) = self.scope().resolve(server) else { continue };
            if self.scope().identifier(alias) != Some(server) || tool.is_empty() {
                continue;
            }
            let ToolName::Known(name) = self.resolve_tool(alias, tool) else { continue };
            if found.as_ref().is_none_or(|(best, _)| alias < *best) {
                found = Some((alias, name));
            }
        }
        found.map(|(alias, tool)| (alias.to_string(), tool))
    }
}

impl Server {
    fn scope(&self) -> Option<&Scope> {
        let tools = self.tools.as_deref()?;
        Some(self.scope.get_or_init(|| Scope::new(tools.iter().map(String::as_str))))
    }
}
