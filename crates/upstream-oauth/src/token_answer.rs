use crate::{
    cached_token::CachedToken,
    error::{Document, Problem},
    exchange::Answer,
    quoting::Quoting,
};
use serde_json::Value;

/// For how long a token is used whose lifetime nobody tells, in milliseconds.
const UNTOLD_LIFETIME_MS: u64 = 10 * 60 * 1_000;

/// Reads what a token endpoint answered (RFC 6749, sections 5.1 and 5.2). `asked_unix_ms` is when it was asked: the
/// time on the way counts as the token's.
pub(crate) fn read(answer: &Answer, asked_unix_ms: u64, quoting: &Quoting) -> Result<CachedToken, Problem> {
    let status = answer.status;
    let Ok(Value::Object(members)) = serde_json::from_slice(&answer.body) else {
        return Err(match status.is_success() {
            true => Problem::Malformed { document: Document::Token, reason: "it is no JSON object" },
            false => Problem::Status { document: Document::Token, status },
        });
    };
    // Some give errors with a status of success.
    if let Some(error) = members.get("error").and_then(Value::as_str) {
        let description = members.get("error_description").and_then(Value::as_str);
        let description = description.map(|text| quoting.quote(text)).filter(|text| !text.is_empty());
        return Err(Problem::Refused { status, error: quoting.quote(error), description });
    }
    if !status.is_success() {
        return Err(Problem::Status { document: Document::Token, status });
    }
    let token_type = members.get("token_type").and_then(Value::as_str).unwrap_or_default();
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(Problem::TokenType { token_type: quoting.quote(token_type) });
    }
    let token = members.get("access_token").and_then(Value::as_str).unwrap_or_default();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let reason = "its access_token is missing or has characters that no header can hold";
        return Err(Problem::Malformed { document: Document::Token, reason });
    }
    let lifetime_ms = members.get("expires_in").and_then(lifetime_ms).unwrap_or(UNTOLD_LIFETIME_MS);
    Ok(CachedToken { access_token: token.to_string(), expires_at_unix_ms: asked_unix_ms.saturating_add(lifetime_ms) })
}

/// Seconds as a number or, as some have it, in a text.
fn lifetime_ms(value: &Value) -> Option<u64> {
    let seconds = match value {
        Value::String(text) => text.trim().parse().ok()?,
        value => value.as_f64()?,
    };
    // What is below zero or out of range becomes the nearest number that there is.
    Some((seconds * 1_000.0) as u64)
}
