//! The two eras of MCP, as far as clients and servers of the tests differ by them.

use http::StatusCode;
use serde_json::{Value, json};

/// An era of MCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// Up to 2025-11-25: `initialize` comes first.
    Legacy,
    /// 2026-07-28: every request stands alone.
    Modern,
}

impl Era {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Legacy, Self::Modern];

    /// Its newest version.
    pub fn version(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Modern => "2026-07-28",
        }
    }

    /// The method that a client of this era begins with.
    pub fn first_method(self) -> &'static str {
        match self {
            Self::Legacy => "initialize",
            Self::Modern => "server/discover",
        }
    }

    /// What a server of this era alone, which has tools only, answers to the first request of either era: status,
    /// member of the JSON-RPC response, and its value. `None` for any other method.
    pub fn greeting(self, method: &str, server: &str) -> Option<(StatusCode, &'static str, Value)> {
        let capabilities = json!({"tools": {}});
        let info = json!({"name": server, "version": "1"});
        match (self, method) {
            (Self::Legacy, "initialize") => {
                let result =
                    json!({"protocolVersion": self.version(), "capabilities": capabilities, "serverInfo": info});
                Some((StatusCode::OK, "result", result))
            }
            (Self::Modern, "server/discover") => {
                let result = json!({
                    "supportedVersions": [self.version()],
                    "capabilities": capabilities,
                    "_meta": {"io.modelcontextprotocol/serverInfo": info},
                });
                Some((StatusCode::OK, "result", self.dress(result)))
            }
            (Self::Modern, "initialize") => {
                let data = json!({"supported": [self.version()]});
                let error = json!({"code": -32022, "message": "Unsupported protocol version", "data": data});
                Some((StatusCode::BAD_REQUEST, "error", error))
            }
            (Self::Legacy, "server/discover") => {
                Some((StatusCode::NOT_FOUND, "error", json!({"code": -32601, "message": "no such method"})))
            }
            _ => None,
        }
    }

    /// A result as a server of this era gives it.
    pub fn dress(self, mut result: Value) -> Value {
        if self == Self::Modern {
            result["resultType"] = json!("complete");
            result["ttlMs"] = json!(60_000);
            result["cacheScope"] = json!("private");
        }
        result
    }
}
