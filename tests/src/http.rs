//! A plain HTTP/1.1 connection: what exactly was answered, with no retries and no redirects.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer, whole.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// One kept-alive connection.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    address: SocketAddr,
}

impl Connection {
    /// Connects, without delay for small packets.
    ///
    /// # Errors
    /// When there is no server.
    pub async fn open(address: SocketAddr) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // How the connection ended is what the request reports.
        tokio::spawn(async { drop(connection.await) });
        Ok(Self { sender, address })
    }

    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// When the connection breaks before the answer is whole.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, Error> {
        let (answer, broken) = self.send_for_what_comes(method, path, headers, body).await?;
        broken.map_or(Ok(answer), |error| Err(error.into()))
    }

    /// The same for an answer that may break off: as much of it as comes, and how it broke off if it did.
    ///
    /// # Errors
    /// When the connection breaks before the head is whole.
    pub async fn send_for_what_comes(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<(Answer, Option<hyper::Error>), Error> {
        let (parts, mut body) = self.begin(method, path, headers, body).await?.into_parts();
        let mut came = Vec::new();
        let broken = loop {
            match body.frame().await {
                Some(Ok(frame)) => came.extend(frame.data_ref().into_iter().flatten()),
                ended => break ended.and_then(Result::err),
            }
        };
        Ok((Answer { status: parts.status, headers: parts.headers, body: came.into() }, broken))
    }

    /// Sends one request and reads the head of the answer.
    ///
    /// # Errors
    /// When the connection breaks before the head is whole.
    pub async fn begin(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Response<Incoming>, Error> {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request = request.header("host", self.address.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.sender.ready().await?;
        Ok(self.sender.send_request(request.body(Full::new(body.into()))?).await?)
    }
}

/// Sends these bytes on a connection of their own, and gives whatever comes back until it is closed: also when the
/// server answers before it has read everything, and stops reading.
///
/// # Errors
/// When there is no server.
pub async fn send_bytes(address: SocketAddr, request: Vec<u8>) -> Result<String, Error> {
    let (mut reading, mut writing) = TcpStream::connect(address).await?.into_split();
    let sending = tokio::spawn(async move {
        // That the server does not take everything is for its answer to say.
        let _ = writing.write_all(&request).await;
        writing
    });
    let mut answer = Vec::new();
    let _ = reading.read_to_end(&mut answer).await;
    sending.abort();
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A request of which a part was sent.
pub struct Begun(TcpStream);

impl Begun {
    /// Sends the beginning of a request.
    ///
    /// # Errors
    /// When there is no server.
    pub async fn send(address: SocketAddr, beginning: &[u8]) -> Result<Self, Error> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(beginning).await?;
        Ok(Self(stream))
    }

    /// Sends the rest, and gives whatever comes back until the connection is closed.
    pub async fn finish(mut self, rest: &[u8]) -> String {
        // That the server does not take it is for its answer to say.
        let _ = self.0.write_all(rest).await;
        let mut answer = Vec::new();
        let _ = self.0.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Why there is no answer.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
