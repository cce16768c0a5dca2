use crate::{
    client::Client,
    clock::Clock,
    deadlines::Deadline,
    error::{Error, Problem},
    excerpt::Excerpt,
    exchange::state_length,
    transport::{Transport, TransportError},
};
use bytes::Bytes;
use content_negotiation::{EVENTS, JSON, media_type};
use http::{HeaderMap, Method, Response, StatusCode, header};

impl<T: Transport, C: Clock> Client<T, C> {
    /// Passes a request of somebody else on, with the server's own headers, and gives the response once its headers
    /// are there, whatever it is, but for redirects, compressed bodies, and successes that are neither JSON nor events.
    ///
    /// A 401 is about the gateway's credentials, not about those of whom the request is from, and so an error.
    pub async fn pass(&self, method: Method, headers: HeaderMap, body: Bytes) -> Result<Response<T::Body>, Error> {
        let name = method.to_string();
        let mut request = self.http_request(method.clone(), headers, body);
        if method == Method::POST {
            state_length(&mut request);
        }
        let response = self.send(&name, request).await?;
        match response.status() {
            status @ (StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED) => {
                let excerpt = Excerpt::default();
                Err(self.error(Problem::HttpStatus { method: name, status, excerpt, retry_after: None }))
            }
            // Whoever ends a session, or only tells something, does not read what comes.
            StatusCode::OK if method != Method::DELETE && !is_empty(response.headers()) => {
                match media_type(response.headers()).as_deref() {
                    None | Some(JSON | EVENTS) => Ok(response),
                    Some(other) => {
                        let fault = self.no_answer(response.status(), other, response.into_body()).await;
                        Err(self.protocol(&name, fault))
                    }
                }
            }
            _ => Ok(response),
        }
    }

    /// The error of a response whose body breaks off before anything of it was given on.
    pub fn broke_off(&self, reason: TransportError) -> Error {
        match reason {
            TransportError::TooLate => self.timed_out(Deadline::Call),
            reason => self.unreachable(reason),
        }
    }
}

fn is_empty(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_LENGTH).is_some_and(|length| length == "0")
}
