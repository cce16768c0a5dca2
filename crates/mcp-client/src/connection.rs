use mcp::{Era, ProtocolVersion};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

/// What a handshake found out. It can be stored, and restored in another instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The version that both sides speak; its era decides how.
    #[serde(serialize_with = "write_version", deserialize_with = "read_version")]
    pub version: ProtocolVersion,
    /// The session of a legacy server that keeps them.
    pub session: Option<String>,
    /// The server's own title or name.
    pub title: Option<String>,
    /// The server's own instructions.
    pub instructions: Option<String>,
    /// `serverInfo`; null where the server did not say.
    #[serde(default)]
    pub server_info: Value,
    /// `capabilities`; null where the server did not say.
    #[serde(default)]
    pub capabilities: Value,
    /// When a server of the modern era was last seen to refuse `initialize`, as Unix time.
    #[serde(default)]
    pub initialize_refused_unix_ms: Option<u64>,
}

impl Connection {
    /// The era of the version.
    pub fn era(&self) -> Era {
        self.version.era()
    }
}

fn write_version<S: Serializer>(version: &ProtocolVersion, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(version.as_str())
}

fn read_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ProtocolVersion, D::Error> {
    let text = String::deserialize(deserializer)?;
    ProtocolVersion::parse_of_server(&text).ok_or_else(|| D::Error::custom("an unknown protocol version"))
}
