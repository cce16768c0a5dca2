use serde_json::{Map, Value};

/// Why a variable cannot be used. Its content is not shown: it may hold credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VariableError {
    #[error("The variable \"{name}\" cannot be read: {reason}")]
    Unreadable { name: &'static str, reason: String },
    #[error("The variable \"{name}\" is not valid JSON: {reason}")]
    NotJson { name: &'static str, reason: String },
    #[error("The variable \"{name}\" must be a JSON object{path}, not {found}")]
    NotAnObject { name: &'static str, path: &'static str, found: &'static str },
    #[error(
        "The variable \"servers\" has no servers: it must be of the form {{\"mcpServers\": {{\"alias\": {{\"url\": …}}}}}}"
    )]
    NoServers,
    #[error("The variable \"secrets\" must map names to strings: \"{secret}\" is {found}")]
    SecretNotText { secret: String, found: &'static str },
    #[error("The variable \"{name}\" is \"allow\" or \"deny\", not \"{found}\"")]
    NeitherAllowNorDeny { name: &'static str, found: String },
}

/// Reads a variable that holds a JSON object; an empty one is an empty object.
pub(crate) fn read(name: &'static str, text: &str) -> Result<Map<String, Value>, VariableError> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    // The reason ends in line and column; a `Value` has no type to clash with, so it quotes nothing.
    let value: Value =
        serde_json::from_str(text).map_err(|error| VariableError::NotJson { name, reason: error.to_string() })?;
    object(name, "", value)
}

/// Reads a variable that is `allow` or `deny`; an empty one is `deny`.
pub(crate) fn is_allowed(name: &'static str, text: &str) -> Result<bool, VariableError> {
    match text.trim() {
        "" | "deny" => Ok(false),
        "allow" => Ok(true),
        other => Err(VariableError::NeitherAllowNorDeny { name, found: other.to_string() }),
    }
}

/// The object that a value is; `path` says where it stands.
pub(crate) fn object(
    name: &'static str,
    path: &'static str,
    value: Value,
) -> Result<Map<String, Value>, VariableError> {
    match value {
        Value::Object(fields) => Ok(fields),
        other => Err(VariableError::NotAnObject { name, path, found: kind(&other) }),
    }
}

/// What kind of JSON a value is, for people.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
