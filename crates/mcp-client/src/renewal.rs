//! Replies that say: not over this connection. The request was not carried out, and may be sent again
//! once over a new one.

use crate::{
    connection::Connection,
    exchange::{Refusal, Reply},
};
use http::StatusCode;
use mcp::{Era, code};

/// What refusals of a connection speak of: "No valid session ID", "server not initialized", "unsupported
/// protocol version". SDKs give them HTTP 400 and various codes.
const SUBJECTS: [&str; 3] = ["session", "initializ", "protocol version"];

/// Whether the server refused the connection (an expired session, another era) rather than the request.
pub(crate) fn is_of_connection(connection: &Connection, reply: &Reply) -> bool {
    let Err(refusal) = &reply.outcome else { return false };
    match (connection.era(), reply.status, refusal) {
        // Streamable HTTP, session management: 404 ends a session.
        (Era::Legacy, StatusCode::NOT_FOUND, _) => connection.session.is_some(),
        // A server that speaks only the legacy eras now.
        (Era::Modern, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND, Refusal::Status { .. }) => true,
        (Era::Modern, _, Refusal::Rpc(error)) if error.code == code::UNSUPPORTED_VERSION => true,
        // A server that speaks only the modern era now.
        (Era::Legacy, StatusCode::BAD_REQUEST, Refusal::Rpc(error))
            if matches!(error.code, code::HEADER_MISMATCH | code::UNSUPPORTED_VERSION) =>
        {
            true
        }
        (_, StatusCode::BAD_REQUEST, Refusal::Rpc(error)) => speaks_of_connection(&error.message),
        (_, StatusCode::BAD_REQUEST, Refusal::Status { excerpt, .. }) => speaks_of_connection(excerpt.lead()),
        _ => false,
    }
}

fn speaks_of_connection(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SUBJECTS.iter().any(|subject| text.contains(subject))
}
