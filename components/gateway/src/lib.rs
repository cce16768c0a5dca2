//! The only HTTP door. A request's way to `/mcp`: [`door`] checks who knocks, `mcp-server` reads the message,
//! `code-mode` answers it with the components behind [`components`]. What is for one server, or for the admin API, goes
//! to the registry.

mod admin;
mod body;
mod components;
mod configuration;
mod door;
mod endpoint;
mod events;
mod headers;
mod keep_alive;
mod mode;
mod pass_through;
mod refusal;
mod respond;

use code_mode::platform::Clock;
use components::HostClock;
use configuration::Configuration;
use contracts::registry::Purpose;
use endpoint::Endpoint;
use http::{HeaderValue, Method, StatusCode, header};
use mcp::meta;
use mcp_server::{Batch, Exchange, HttpResponse, Received, accepted, json_response, receive};
use mode::Mode;
use refusal::Refusal;
use respond::respond;
use serde_json::json;
use spin_sdk::{
    http::{BoxBody, FullBody, Request, box_body},
    http_service,
};
use wasip3::http::types::{self, ErrorCode};

#[http_service]
async fn handle(request: Request) -> Result<types::Response, ErrorCode> {
    respond(answer_to(request).await).await
}

async fn answer_to(request: Request) -> http::Response<BoxBody> {
    match (request.uri().path(), request.method()) {
        ("/mcp", _) => mcp(request).await.unwrap_or_else(|refused| whole(refused.to_client())),
        (path, _) if pass_through::alias_in(path).is_some() => {
            pass_through::pass(request).await.unwrap_or_else(|refused| whole(refused.to_client()))
        }
        (path, _) if admin::is_admin(path) => {
            whole(admin::administer(request).await.unwrap_or_else(|refused| refused.to_operator()))
        }
        ("/healthz", &Method::GET) => whole(json_response(StatusCode::OK, &json!({"status": "ok"}))),
        (path, _) => whole(Refusal::UnknownPath(path.to_string()).to_client()),
    }
}

async fn mcp(request: Request) -> Result<http::Response<BoxBody>, Refusal> {
    let configuration = Configuration::read().await?;
    let mode = Mode::of(request.uri());
    let purpose = mode.as_ref().map_or(Purpose::CodeMode, |mode| mode.purpose());
    let access = door::sign_in(request.uri(), request.headers(), purpose).await?;
    let endpoint = Endpoint::new(mode?, access, configuration.settings, request.headers());
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let body = body::read(request, &configuration).await?;
    Ok(match receive(&method, &headers, &body) {
        Received::Exchange(exchange) if exchange.wants_events() => events::stream(endpoint, *exchange),
        Received::Exchange(exchange) if exchange.may_take_long() => events::stream_if_late(endpoint, *exchange).await,
        Received::Exchange(exchange) => whole(answer(endpoint, *exchange).await),
        Received::Batch(batch) => {
            endpoint.count(batch.exchanges.len()).await?;
            whole(answer_batch(endpoint, *batch).await)
        }
        Received::Cancelled(cancellation) => {
            endpoint.cancel([cancellation]).await;
            whole(accepted())
        }
        Received::Done(response) => whole(*response),
    })
}

async fn answer(endpoint: Endpoint, exchange: Exchange) -> HttpResponse {
    let response = endpoint.answer_whole(&exchange).await;
    endpoint.learn_later();
    let begins_session = exchange.begins_session();
    let mut response = exchange.to_http(response);
    if begins_session {
        let session = format!("{:016x}{:016x}", HostClock.random(), HostClock.random());
        response
            .headers_mut()
            .insert(meta::SESSION_HEADER, HeaderValue::try_from(session).expect("hexadecimal digits"));
    }
    response
}

async fn answer_batch(endpoint: Endpoint, mut batch: Batch) -> HttpResponse {
    endpoint.cancel(batch.cancellations.drain(..)).await;
    let response = batch.answered(|exchange| endpoint.answer_whole(exchange)).await;
    endpoint.learn_later();
    response
}

/// A response with its length, so that a client need not wait for the end of chunks, and none is taken for one that left
/// before it. A 204 has none (RFC 9110, section 8.6), and that of a response without its body is not known here.
fn whole(mut response: HttpResponse) -> http::Response<BoxBody> {
    let length = response.body().len();
    if length > 0 || response.status() == StatusCode::ACCEPTED {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    response.map(|body| box_body(FullBody::new(body.into())))
}
