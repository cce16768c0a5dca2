//! `/api/v1`: the admin API, which the registry answers.

use crate::{body, configuration::Configuration, door, headers, refusal::Refusal};
use contracts::registry::{AdminRequest, Purpose};
use http::StatusCode;
use mcp_server::HttpResponse;
use spin_sdk::http::Request;

/// Whether a path is one of the admin API.
pub fn is_admin(path: &str) -> bool {
    path == "/api/v1" || path.starts_with("/api/v1/")
}

/// Answers a request to the admin API.
pub async fn administer(request: Request) -> Result<HttpResponse, Refusal> {
    let configuration = Configuration::read().await?;
    let access = door::sign_in(request.uri(), request.headers(), Purpose::Direct).await??;
    let method = request.method().to_string();
    let target = request.uri().path_and_query().map_or_else(|| "/".to_string(), ToString::to_string);
    let headers = headers::write(request.headers());
    let body = body::read(request, &configuration).await?;
    let answer = access.administer(AdminRequest { method, target, headers, body }).await;
    let mut response = HttpResponse::new(answer.body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers::read(&answer.headers);
    Ok(response)
}
