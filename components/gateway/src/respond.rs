//! The response as WASI takes it.

use http::Response;
use spin_sdk::http::BoxBody;
use wasip3::{
    http::types::{self, ErrorCode},
    http_compat::http_into_wasi_response,
};
use wit_bindgen::yield_async;

/// A response whose body is offered before its head goes out, as far as it is there, so that the host can send both in one
/// write. Where the host sets no TCP_NODELAY, as Spin, a second write waits until the client has acknowledged the first,
/// for up to 40 ms (RFC 896; RFC 9293, section 3.7.4; RFC 1122, section 4.2.3.2).
pub async fn respond(response: Response<BoxBody>) -> Result<types::Response, ErrorCode> {
    let response = http_into_wasi_response(response)?;
    // Has the body written, by the task that was made for it.
    yield_async().await;
    // Has the host go on where it can hand over both at once: calls that blocked it, as those to a store, have taken it
    // elsewhere.
    yield_async().await;
    Ok(response)
}
