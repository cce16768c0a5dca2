//! `administer`: the admin API as HTTP requests.

use crate::bindings::exports::bobbin::registry::servers as wit;
use crate::{headers, wasi_host::WasiHost};
use http::{Method, Request, Response, StatusCode};
use server_registry::Access;

/// Answers a request to the admin API.
pub async fn administer(access: &Access<WasiHost>, request: wit::AdminRequest) -> wit::AdminResponse {
    let response = match read(request) {
        Some(request) => access.administer(request).await,
        None => {
            let mut refused = Response::default();
            *refused.status_mut() = StatusCode::BAD_REQUEST;
            refused
        }
    };
    let (parts, body) = response.into_parts();
    wit::AdminResponse { status: parts.status.as_u16(), headers: headers::write(&parts.headers), body }
}

/// The request; `None` when its method or its target is none.
fn read(request: wit::AdminRequest) -> Option<Request<bytes::Bytes>> {
    let mut read = Request::new(request.body.into());
    *read.method_mut() = Method::from_bytes(request.method.as_bytes()).ok()?;
    *read.uri_mut() = request.target.parse().ok()?;
    *read.headers_mut() = headers::read(&request.headers);
    Some(read)
}
