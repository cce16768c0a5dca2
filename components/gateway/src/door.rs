//! Who knocks, and whether they may come in.

use crate::refusal::Refusal;
use contracts::registry::{Access, Failure, NotSignedIn, Purpose, Visitor};
use http::{HeaderMap, Uri, header};
use mcp_server::{check_loopback, check_origin, check_repeated};

/// Lets a request in, unless a foreign web page sent it; the registry decides, by the key that it shows and by whether it comes from this machine.
///
/// Where the servers cannot be known the caller is let in to nothing: MCP itself answers, and says why.
pub async fn sign_in(uri: &Uri, headers: &HeaderMap, purpose: Purpose) -> Result<Result<Access, Failure>, Refusal> {
    let authority = uri.authority().map(http::uri::Authority::as_str);
    check_repeated(authority, headers)?;
    check_origin(authority, headers)?;
    let local = check_loopback(authority, headers);
    let key = bearer(headers).and_then(|key| String::from_utf8(key.to_vec()).ok());
    let visitor = Visitor { key, is_local: local.is_ok() };
    match (Access::sign_in(visitor, purpose).await, local) {
        (Ok(access), _) => Ok(Ok(access)),
        (Err(NotSignedIn::Failed(failure)), _) => Ok(Err(failure)),
        (Err(NotSignedIn::NotLocal), Err(reason)) => Err(reason.into()),
        (Err(reason), _) => Err(reason.into()),
    }
}

/// The token of `Authorization: Bearer` (RFC 6750, section 2.1; the scheme is case-insensitive).
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}
