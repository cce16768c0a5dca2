//! Answers every request with nothing: what a host costs by itself, for the benchmark.

use spin_sdk::http::Request;
use spin_sdk::http_service;

#[http_service]
async fn handle(_request: Request) -> http::Response<String> {
    http::Response::new(String::new())
}
