//! `/api/v1`: the admin API, which the registry answers.

use crate::{body, configuration::Configuration, door, whole};
use contracts::registry::{AdminRequest, Failure, Purpose};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use mcp_server::{HttpResponse, json_response};
use serde_json::json;
use spin_sdk::http::{BoxBody, Request};

/// Whether a path is one of the admin API.
pub fn is_admin(path: &str) -> bool {
    path == "/api/v1" || path.starts_with("/api/v1/")
}

/// Answers a request to the admin API.
pub async fn administer(request: Request, configuration: &Configuration) -> Response<BoxBody> {
    whole(answer(request, configuration).await.unwrap_or_else(|refused| problem(*refused)))
}

async fn answer(request: Request, configuration: &Configuration) -> Result<HttpResponse, Box<HttpResponse>> {
    let access = door::sign_in(request.uri(), request.headers(), Purpose::Direct).await?;
    let access = access.map_err(|failure| Box::new(unavailable(&failure)))?;
    let method = request.method().to_string();
    let target = request.uri().path_and_query().map_or_else(|| "/".to_string(), ToString::to_string);
    let headers = request.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let body = body::read(request, configuration.request_body_bytes()).await?;
    let answer = access.administer(AdminRequest { method, target, headers, body }).await;
    let mut response = HttpResponse::new(answer.body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = answer.headers.iter().filter_map(read_header).collect::<HeaderMap>();
    Ok(response)
}

fn read_header((name, value): &(String, Vec<u8>)) -> Option<(HeaderName, HeaderValue)> {
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value).ok()?))
}

/// A refusal of the door as problem details (RFC 9457), with its headers.
fn problem(refused: HttpResponse) -> HttpResponse {
    let status = refused.status();
    let message: serde_json::Value = serde_json::from_slice(refused.body()).unwrap_or_default();
    let (name, title) = match status {
        StatusCode::UNAUTHORIZED => ("unauthorized", "A key is needed"),
        StatusCode::FORBIDDEN => ("forbidden", "The key does not allow this"),
        StatusCode::TOO_MANY_REQUESTS => ("too-many-requests", "Too many requests"),
        StatusCode::PAYLOAD_TOO_LARGE => ("body-too-large", "The body is too large"),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "The gateway cannot do this now"),
        _ => ("malformed-body", "The body is not JSON"),
    };
    let detail = &message["error"]["message"];
    let body = json!({
        "type": format!("urn:bobbin:problem:{name}"), "title": title, "status": status.as_u16(), "detail": detail,
    });
    let mut response = json_response(status, &body);
    let kept = refused.headers().iter().filter(|(name, _)| *name != header::CONTENT_TYPE);
    response.headers_mut().extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

fn unavailable(failure: &Failure) -> HttpResponse {
    let mut response = crate::refuse(StatusCode::SERVICE_UNAVAILABLE, &failure.message);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(1));
    response
}
