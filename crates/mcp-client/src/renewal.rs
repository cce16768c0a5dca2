//! Replies that say: not over this connection. The request was not carried out, and may be sent again
//! once over a new one.

use crate::{
    connection::Connection,
    exchange::{Refusal, Reply},
};
use http::StatusCode;
use mcp::{Era, code};

/// "No valid session ID", "server not initialized": the code that SDKs use for refusals of the transport.
const TRANSPORT_REFUSAL: i64 = -32000;

/// Whether the server refused the connection (an expired session, another era) rather than the request.
pub(crate) fn is_of_connection(connection: &Connection, reply: &Reply) -> bool {
    let Err(refusal) = &reply.outcome else { return false };
    match (connection.era(), reply.status, refusal) {
        (_, StatusCode::BAD_REQUEST, Refusal::Rpc(error)) if error.code == TRANSPORT_REFUSAL => true,
        // Streamable HTTP, session management: 404 ends a session.
        (Era::Legacy, StatusCode::NOT_FOUND, _) => connection.session.is_some(),
        // Servers from before that rule was followed say it in words.
        (Era::Legacy, StatusCode::BAD_REQUEST, Refusal::Rpc(error)) if mentions_session(&error.message) => true,
        (Era::Legacy, StatusCode::BAD_REQUEST, Refusal::Status { excerpt, .. }) => mentions_session(excerpt),
        // A server that speaks only the modern era now.
        (Era::Legacy, _, Refusal::Rpc(error)) => {
            matches!(error.code, code::HEADER_MISMATCH | code::UNSUPPORTED_VERSION)
        }
        (Era::Modern, _, Refusal::Rpc(error)) => error.code == code::UNSUPPORTED_VERSION,
        // A server that speaks only the legacy eras now.
        (Era::Modern, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND, Refusal::Status { .. }) => true,
        _ => false,
    }
}

fn mentions_session(text: &str) -> bool {
    text.to_ascii_lowercase().contains("session")
}
