//! `bobbin health`: for containers, in which nothing else can ask.

use clap::Args;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a gateway may take to accept a connection, and to answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Bytes of the first line of an answer.
const MAX_LINE_BYTES: u64 = 1024;

#[derive(Debug, Args)]
pub struct Health {
    /// Where the gateway listens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    address: SocketAddr,
}

/// Why a gateway is not taken for healthy.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// It does not answer.
    #[error("no answer from http://{address}/healthz: {source}")]
    NoAnswer {
        /// Where it was asked.
        address: SocketAddr,
        /// What happened instead.
        source: io::Error,
    },
    /// It answers something else than 200.
    #[error("http://{address}/healthz answers {status:?}")]
    Unhealthy {
        /// Where it was asked.
        address: SocketAddr,
        /// The status line.
        status: String,
    },
}

impl Health {
    /// Asks once.
    pub fn ask(self) -> Result<(), HealthError> {
        let address = self.address;
        let status = status_line(address).map_err(|source| HealthError::NoAnswer { address, source })?;
        match status.split_ascii_whitespace().nth(1) {
            Some("200") => Ok(()),
            _ => Err(HealthError::Unhealthy { address, status }),
        }
    }
}

fn status_line(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut line = String::new();
    BufReader::new(stream.take(MAX_LINE_BYTES)).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
