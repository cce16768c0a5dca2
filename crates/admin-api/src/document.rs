use crate::Problem;
use crate::protocol::{conditions, query::Query, response};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

/// The API as an OpenAPI 3.1 document, in JSON.
pub const DOCUMENT: &str = include_str!("../openapi.json");

/// `GET /openapi.json`
pub(crate) fn answer(headers: &HeaderMap, query: Query) -> Result<Response<Vec<u8>>, Problem> {
    query.done()?;
    let etag = etag();
    let response = match conditions::is_known(headers, &etag) {
        true => response::empty(StatusCode::NOT_MODIFIED),
        false => response::json_text(StatusCode::OK, DOCUMENT.into()),
    };
    Ok(response::tagged(response, etag))
}

/// Differs between documents: FNV-1a, 64 bits. Nobody gains by two of them being alike.
fn etag() -> HeaderValue {
    let hash = DOCUMENT
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    HeaderValue::from_str(&format!("\"{hash:016x}\"")).expect("hexadecimal digits in quotes are a header value")
}
