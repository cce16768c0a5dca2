use crate::refuse;
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use mcp_server::HttpResponse;
use spin_sdk::{http::Request, wasip3::http_compat::IncomingRequestBody};

/// Reads a request whole. A body over the limit is 413 as soon as that is known, and is not kept.
pub async fn read(request: Request<IncomingRequestBody>, limit_bytes: usize) -> Result<Vec<u8>, Box<HttpResponse>> {
    match Limited::new(request.into_body(), limit_bytes).collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(Box::new(refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            &format!("The body is larger than {limit_bytes} bytes, the limit request_body."),
        ))),
        Err(error) => Err(Box::new(refuse(StatusCode::BAD_REQUEST, &format!("The body could not be read: {error}")))),
    }
}
