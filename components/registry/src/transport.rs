//! Outbound HTTP over `wasi:http` 0.3.

use crate::{sending::send, wasi_host::WasiHost};
use bytes::Bytes;
use futures::{Stream, StreamExt, future::select};
use http_body_util::BodyDataStream;
use mcp_client::{Clock, Transport, TransportError};
use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};
use wasip3::{
    http::types::{ErrorCode, RequestOptions},
    http_compat::IncomingResponseBody,
};

/// How long, and how much, the rest of a body may be for its connection to be worth keeping.
const FINISH_WITHIN: Duration = Duration::from_millis(250);
const FINISH_BYTES: usize = 64 << 10;

impl Transport for WasiHost {
    type Body = ResponseBody;

    async fn send(
        &self,
        request: http::Request<Bytes>,
        connect_timeout: Duration,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let options = RequestOptions::new();
        let timeout = u64::try_from(connect_timeout.as_nanos()).unwrap_or(u64::MAX);
        // A host without this option still has its own limit, and the client a deadline.
        let _supported = options.set_connect_timeout(Some(timeout));
        let response = send(request, options).await.map_err(read_error)?;
        Ok(response.map(|body| ResponseBody(BodyDataStream::new(body))))
    }

    fn finish(&self, body: ResponseBody) {
        let host = *self;
        // Goes on after the call has returned, within its task.
        wit_bindgen::spawn(async move {
            let patience = pin!(host.sleep(FINISH_WITHIN));
            select(pin!(drain(body)), patience).await;
        });
    }
}

/// Reads a body to its end, or until it has proved to be long.
async fn drain(mut body: ResponseBody) {
    let mut bytes = 0;
    while let Some(Ok(chunk)) = body.next().await {
        bytes += chunk.len();
        if bytes > FINISH_BYTES {
            break;
        }
    }
}

/// A response's body as it arrives.
pub struct ResponseBody(BodyDataStream<IncomingResponseBody>);

impl Stream for ResponseBody {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(task).map(|chunk| chunk.map(|chunk| chunk.map_err(read_error)))
    }
}

fn read_error(code: ErrorCode) -> TransportError {
    match code {
        ErrorCode::ConnectionRefused => TransportError::Refused,
        ErrorCode::DnsError(_) | ErrorCode::DnsTimeout | ErrorCode::DestinationNotFound => TransportError::UnknownHost,
        ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited => TransportError::Denied,
        ErrorCode::ConnectionTimeout => TransportError::ConnectTimeout,
        ErrorCode::TlsCertificateError => TransportError::Tls("its certificate is not accepted".to_string()),
        ErrorCode::TlsProtocolError => TransportError::Tls("the handshake failed".to_string()),
        ErrorCode::TlsAlertReceived(alert) => {
            TransportError::Tls(alert.alert_message.unwrap_or_else(|| "it refused the handshake".to_string()))
        }
        ErrorCode::DestinationUnavailable => TransportError::Unavailable("the host does not answer".to_string()),
        ErrorCode::DestinationIpUnroutable => TransportError::Unavailable("there is no route".to_string()),
        ErrorCode::ConnectionTerminated => TransportError::Broken("the connection was closed".to_string()),
        ErrorCode::HttpResponseIncomplete => TransportError::Broken("the response ended early".to_string()),
        ErrorCode::HttpProtocolError => TransportError::Broken("what came is not HTTP, or ended early".to_string()),
        ErrorCode::InternalError(Some(reason)) => TransportError::Broken(reason),
        other => TransportError::Broken(format!("{other:?}")),
    }
}
