//! Sends a request so that its head and its body can leave in one write.
//!
//! A body that is written only after its head waits, where the host sets no TCP_NODELAY, as Spin, until the server has
//! acknowledged the head, for up to 40 ms (RFC 896; RFC 9293, section 3.7.4; RFC 1122, section 4.2.3.2). So it is offered
//! before the request is sent.

use bytes::Bytes;
use futures::future::{Either, select};
use http::uri::Scheme;
use spin_sdk::http::FullBody;
use std::pin::pin;
use wasip3::{
    http::{
        client,
        types::{self, ErrorCode, Fields, RequestOptions},
    },
    http_compat::{BodyWriter, IncomingResponseBody, http_from_wasi_response},
};
use wit_bindgen::{spawn, yield_async};

/// Sends a request to an absolute URL.
pub async fn send(
    request: http::Request<Bytes>,
    options: RequestOptions,
) -> Result<http::Response<IncomingResponseBody>, ErrorCode> {
    let (head, body) = request.into_parts();
    let (writer, contents, trailers) = BodyWriter::new();
    let headers = Fields::try_from(head.headers).map_err(|_| ErrorCode::HttpRequestDenied)?;
    let (request, _sent) = types::Request::new(headers, Some(contents), trailers, Some(options));
    let scheme = head
        .uri
        .scheme()
        .map(|scheme| if *scheme == Scheme::HTTPS { types::Scheme::Https } else { types::Scheme::Http });
    request
        .set_method(&head.method.into())
        .and_then(|()| request.set_scheme(scheme.as_ref()))
        .and_then(|()| request.set_authority(head.uri.authority().map(|authority| authority.as_str())))
        .and_then(|()| request.set_path_with_query(head.uri.path_and_query().map(|path| path.as_str())))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    // Has the host go on where it can hand over both at once: calls that blocked it, as those to a store, have taken it
    // elsewhere.
    yield_async().await;
    yield_async().await;
    let mut writing = Box::pin(async move {
        let mut body = FullBody::new(body);
        // Why a body was not taken, the response tells.
        let _written = writer.send_http_body(&mut body).await;
    });
    let sending = pin!(client::send(request));
    let response = match select(&mut writing, sending).await {
        Either::Left(((), sending)) => sending.await,
        // A server may answer before it has the whole body.
        Either::Right((response, _)) => {
            spawn(writing);
            response
        }
    };
    http_from_wasi_response(response?)
}
