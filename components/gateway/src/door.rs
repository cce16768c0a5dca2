use crate::{configuration::Configuration, refuse};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use mcp_server::{HttpResponse, check_loopback};
use subtle::ConstantTimeEq;

/// Lets a request in: with an admin key by `Authorization: Bearer`, without one from this machine only.
pub fn check(uri: &Uri, headers: &HeaderMap, configuration: &Configuration) -> Result<(), Box<HttpResponse>> {
    if configuration.admin_key.is_empty() {
        return check_loopback(uri.authority().map(http::uri::Authority::as_str), headers);
    }
    if bearer(headers).is_some_and(|key| key.ct_eq(configuration.admin_key.as_bytes()).into()) {
        return Ok(());
    }
    let mut response = refuse(StatusCode::UNAUTHORIZED, "Send the gateway's key as Authorization: Bearer KEY.");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    Err(Box::new(response))
}

/// The token of `Authorization: Bearer` (RFC 6750, section 2.1; the scheme is case-insensitive).
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}
