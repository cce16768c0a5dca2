//! Which resource a path means, and what can be done with it.

use crate::protocol::percent;
use http::Method;

/// The path that everything is under.
pub const PREFIX: &str = "/api/v1";

/// A resource of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Servers,
    Server(String),
    ServerTest(String),
    ServerRefresh(String),
    ServerTools(String),
    ServerLearned(String),
    ServerHealth(String),
    Import,
    Export,
    Keys,
    Key(String),
    Usage,
    Health,
    Document,
}

impl Route {
    /// The resource at a path; names in it are percent-decoded.
    pub fn of(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(PREFIX)?.strip_prefix('/')?;
        let segments: Vec<&str> = rest.split('/').collect();
        let name = |segment: &str| percent::decode(segment).filter(|name| !name.is_empty());
        Some(match segments.as_slice() {
            ["servers"] => Self::Servers,
            ["servers", alias] => Self::Server(name(alias)?),
            ["servers", alias, "test"] => Self::ServerTest(name(alias)?),
            ["servers", alias, "refresh"] => Self::ServerRefresh(name(alias)?),
            ["servers", alias, "tools"] => Self::ServerTools(name(alias)?),
            ["servers", alias, "learned"] => Self::ServerLearned(name(alias)?),
            ["servers", alias, "health"] => Self::ServerHealth(name(alias)?),
            ["import"] => Self::Import,
            ["export"] => Self::Export,
            ["keys"] => Self::Keys,
            ["keys", id] => Self::Key(name(id)?),
            ["usage"] => Self::Usage,
            ["health"] => Self::Health,
            ["openapi.json"] => Self::Document,
            _ => return None,
        })
    }

    /// The methods that the resource has, as `Allow` lists them.
    pub fn methods(&self) -> &'static str {
        match self {
            Self::Servers | Self::Keys => "GET, HEAD, POST",
            Self::Server(_) => "GET, HEAD, PUT, PATCH, DELETE",
            Self::Key(_) => "GET, HEAD, PATCH, DELETE",
            Self::ServerLearned(_) => "DELETE",
            Self::ServerTest(_) | Self::ServerRefresh(_) | Self::Import => "POST",
            Self::ServerTools(_)
            | Self::ServerHealth(_)
            | Self::Export
            | Self::Usage
            | Self::Health
            | Self::Document => "GET, HEAD",
        }
    }

    pub fn allows(&self, method: &Method) -> bool {
        self.methods().split(", ").any(|known| known == method.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn paths_name_resources() {
        assert_eq!(Route::of("/api/v1/servers"), Some(Route::Servers));
        assert_eq!(Route::of("/api/v1/servers/a%2Fb/test"), Some(Route::ServerTest("a/b".to_string())));
        for path in [
            "/",
            "/api/v1",
            "/api/v1/",
            "/api/v1/servers/",
            "/api/v1/servers//test",
            "/api/v1/servers/%ff",
            "/api/v10/servers",
            "/api/v1servers",
            "/api/v1/servers/a/b",
        ] {
            assert_eq!(Route::of(path), None, "{path}");
        }
    }
}
