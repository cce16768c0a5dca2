//! `forward`: a server's response as a stream of the canonical ABI.

use crate::bindings::exports::bobbin::registry::servers as wit;
use crate::bindings::{wit_future, wit_stream};
use crate::{go_on, headers, wasi_host::WasiHost};
use bytes::Bytes;
use futures::StreamExt;
use futures::future::{Either, select};
use http::{Method, Request};
use mcp_client::Clock;
use server_registry::{Access, Failure, FailureKind, NotForwarded};
use std::pin::pin;
use std::time::Duration;
use wit_bindgen::StreamResult;

/// How often it is looked at whether the reader of an answer is still there, also while the server is silent.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Passes a request through.
pub async fn forward(
    access: &Access<WasiHost>,
    alias: String,
    request: wit::ForwardedRequest,
) -> Result<wit::ForwardedResponse, wit::NotForwarded> {
    let request = read(request).ok_or(wit::NotForwarded::Method)?;
    let forwarded = access.forward(&alias, request).await;
    if forwarded.is_err() {
        go_on();
    }
    let (parts, mut body) = forwarded?.into_parts();
    let (mut chunks, stream) = wit_stream::new();
    let (end, ended) = wit_future::new(|| Ok(()));
    wit_bindgen::spawn(async move {
        let mut outcome = Ok(());
        let mut time_to_look = pin!(WasiHost.sleep(LOOK_AGAIN));
        loop {
            let chunk = match select(body.next(), time_to_look.as_mut()).await {
                Either::Left((Some(chunk), _)) => chunk,
                Either::Left((None, _)) => break,
                // A silent server says nothing that could not be taken, so nothing is offered.
                Either::Right(_) => {
                    if matches!(chunks.write(Vec::new()).await.0, StreamResult::Dropped) {
                        break;
                    }
                    time_to_look.set(WasiHost.sleep(LOOK_AGAIN));
                    continue;
                }
            };
            match chunk {
                // What is left over was not taken: the reader is gone, and so nobody waits for the rest.
                Ok(chunk) => {
                    if !chunks.write_all(chunk.into()).await.is_empty() {
                        break;
                    }
                }
                Err(error) => {
                    let message = format!("Server \"{alias}\" broke off its answer: {error}.");
                    let failure = Failure { kind: FailureKind::Unreachable, message, code: None, data: None };
                    outcome = Err(wit::Failure::from(failure));
                    break;
                }
            }
        }
        drop(chunks);
        drop(body);
        go_on();
        // Nobody may wait for it any more.
        let _ = end.write(outcome).await;
    });
    let headers = headers::write(&parts.headers);
    Ok(wit::ForwardedResponse { status: parts.status.as_u16(), headers, body: stream, end: ended })
}

/// The request; `None` when its method is no method. Headers that are none are left out.
fn read(request: wit::ForwardedRequest) -> Option<Request<Bytes>> {
    let mut read = Request::new(Bytes::from(request.body));
    *read.method_mut() = Method::from_bytes(request.method.as_bytes()).ok()?;
    *read.headers_mut() = headers::read(&request.headers);
    Some(read)
}

impl From<NotForwarded> for wit::NotForwarded {
    fn from(reason: NotForwarded) -> Self {
        match reason {
            NotForwarded::UnknownSession => Self::UnknownSession,
            NotForwarded::Method => Self::Method,
            NotForwarded::NotSignedIn(reason) => Self::NotSignedIn(reason.into()),
            NotForwarded::Failed(failure) => Self::Failed(failure.into()),
        }
    }
}
