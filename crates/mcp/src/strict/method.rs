//! Methods that every reader takes for the same.

use crate::method::{CLIENT_NOTIFICATIONS, REQUESTS};

/// Bytes of a method.
const MAX_METHOD_BYTES: usize = 128;

/// What begins the methods that want no answer.
const NOTIFICATIONS: &str = "notifications/";

/// Whether a method is one that no reader takes for another, in a message with an id or without.
pub(super) fn check(method: &str, has_id: bool) -> Result<(), &'static str> {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"/_.:$-".contains(&byte);
    if method.is_empty() || method.len() > MAX_METHOD_BYTES || !method.bytes().all(is_sign) {
        return Err("a \"method\" has 1 to 128 letters, digits and \"/_.:$-\"");
    }
    let is_request = REQUESTS.contains(&method);
    if !is_request && is_disguised(method) {
        return Err("the \"method\" could be taken for another one; write it as MCP does");
    }
    match has_id {
        true if method.starts_with(NOTIFICATIONS) => Err("a notification has no \"id\""),
        false if is_request => Err("a request has an \"id\""),
        _ => Ok(()),
    }
}

/// Whether a method that is no request of MCP could be read as one, or as a notification that it is not: in other
/// letters or with other signs between them. Calls of tools are looked for within it, too.
fn is_disguised(method: &str) -> bool {
    let folded = folded(method);
    folded.contains("toolscall")
        || REQUESTS.into_iter().any(|known| self::folded(known) == folded)
        || CLIENT_NOTIFICATIONS.into_iter().any(|known| known != method && self::folded(known) == folded)
}

fn folded(method: &str) -> String {
    method.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}
