use crate::refuse;
use contracts::registry::{Access, Failure, NotSignedIn, Purpose, Visitor};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use mcp_server::{HttpResponse, check_loopback};

/// Lets a request in; the registry decides, by the key that it shows and by whether it comes from this machine.
///
/// Where the servers cannot be known the caller is let in to nothing: MCP itself answers, and says why.
pub async fn sign_in(
    uri: &Uri,
    headers: &HeaderMap,
    purpose: Purpose,
) -> Result<Result<Access, Failure>, Box<HttpResponse>> {
    let local = check_loopback(uri.authority().map(http::uri::Authority::as_str), headers);
    let key = bearer(headers).and_then(|key| String::from_utf8(key.to_vec()).ok());
    let visitor = Visitor { key, is_local: local.is_ok() };
    match (Access::sign_in(visitor, purpose).await, local) {
        (Ok(access), _) => Ok(Ok(access)),
        (Err(NotSignedIn::Failed(failure)), _) => Ok(Err(failure)),
        (Err(NotSignedIn::NotLocal), Err(refused)) => Err(refused),
        (Err(NotSignedIn::NoKey | NotSignedIn::NotLocal), _) => {
            Err(unauthorized("Send the gateway's key as Authorization: Bearer KEY.", "Bearer"))
        }
        (Err(NotSignedIn::WrongKey), _) => Err(unauthorized(
            "The key is not one of this gateway, has expired or was revoked.",
            "Bearer error=\"invalid_token\"",
        )),
        (Err(NotSignedIn::TooManyRequests(retry_after_s)), _) => {
            let message = format!("This key has used up its requests of this minute; try again in {retry_after_s} s.");
            let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, &message);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
            Err(Box::new(response))
        }
    }
}

/// 401 with a challenge (RFC 6750, section 3).
fn unauthorized(message: &str, challenge: &'static str) -> Box<HttpResponse> {
    let mut response = refuse(StatusCode::UNAUTHORIZED, message);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    Box::new(response)
}

/// The token of `Authorization: Bearer` (RFC 6750, section 2.1; the scheme is case-insensitive).
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}
