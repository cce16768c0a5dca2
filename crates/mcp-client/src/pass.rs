use crate::{client::Client, clock::Clock, error::Error, error::Problem, transport::Transport};
use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};

impl<T: Transport, C: Clock> Client<T, C> {
    /// Passes a request of somebody else on, with the server's own headers, and gives the response once its headers
    /// are there, whatever it is, but for redirects and compressed bodies.
    ///
    /// A 401 is about the gateway's credentials, not about those of whom the request is from, and so an error.
    pub async fn pass(&self, method: Method, headers: HeaderMap, body: Bytes) -> Result<Response<T::Body>, Error> {
        let name = method.to_string();
        let response = self.send(&name, self.http_request(method, headers, body)).await?;
        match response.status() {
            status @ (StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED) => {
                let excerpt = String::new();
                Err(self.error(Problem::HttpStatus { method: name, status, excerpt, retry_after: None }))
            }
            _ => Ok(response),
        }
    }
}
