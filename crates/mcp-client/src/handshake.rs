//! Finding out which era a server is of, and agreeing on a version.
//!
//! `server/discover` comes first. Success, or an error that only a modern server gives, means modern; any
//! other refusal means that `initialize` is tried.

mod takes_initialize;

use crate::{
    client::Client,
    clock::Clock,
    connection::Connection,
    error::{Error, Fault, Problem},
    exchange::Refusal,
    request::{Call, Context, client_info},
    transport::Transport,
};
use bytes::Bytes;
use http::StatusCode;
use mcp::{Era, Notification, ProtocolVersion, code, meta};
use serde_json::{Map, Value, json};

/// How one era's first request went.
enum Attempt {
    Connected(Box<Connection>),
    /// The server does not understand this era: the other may do.
    Refused(Error),
}

impl<T: Transport, C: Clock> Client<T, C> {
    /// Makes a connection, beginning with the era that the server was of, if that is known.
    pub(crate) async fn establish(&self, known: Option<Era>) -> Result<Connection, Error> {
        let (first, second) = match known {
            Some(Era::Legacy) => (self.initialize().await?, Era::Modern),
            Some(Era::Modern) | None => (self.discover().await?, Era::Legacy),
        };
        let refusal = match first {
            Attempt::Connected(connection) => return Ok(*connection),
            Attempt::Refused(refusal) => refusal,
        };
        let second = match second {
            Era::Legacy => self.initialize().await?,
            Era::Modern => self.discover().await?,
        };
        match second {
            Attempt::Connected(connection) => Ok(*connection),
            // "I speak only 2027-01-01" says more than what follows from it.
            Attempt::Refused(_) if names_version(&refusal) => Err(refusal),
            // So does what a server made of the era that is its only one.
            Attempt::Refused(second) if known.is_none() && !speaks_modern(&second) => Err(second),
            Attempt::Refused(_) => Err(refusal),
        }
    }

    /// The modern first request (MCP 2026-07-28, `server/discover`).
    async fn discover(&self) -> Result<Attempt, Error> {
        const METHOD: &str = "server/discover";
        let version = ProtocolVersion::LATEST;
        let modern = |result: &Value| {
            let server_info = &result["_meta"][meta::SERVER_INFO];
            Attempt::Connected(Box::new(Connection {
                version,
                session: None,
                title: title(server_info),
                instructions: text(&result["instructions"]),
                server_info: server_info.clone(),
                capabilities: result["capabilities"].clone(),
                initialize_refused_unix_ms: None,
            }))
        };
        let reply = match Box::pin(self.exchange(&Call::reading(METHOD, Map::new()), Context::Modern(version))).await {
            Ok(reply) => reply,
            // Accepted as if it were a notification: a legacy server that does not look at it.
            Err(error) if matches!(*error.problem, Problem::Protocol { fault: Fault::NoResponse(_), .. }) => {
                return Ok(Attempt::Refused(error));
            }
            Err(error) => return Err(error),
        };
        match reply.outcome {
            Ok(mut result) => {
                self.server.redactor.redact_value(&mut result);
                // A legacy server that answers whatever it is asked does not name versions.
                let Some(supported) = result["supportedVersions"].as_array() else {
                    let fault = Fault::Result("it has no \"supportedVersions\"".to_string());
                    return Ok(Attempt::Refused(self.protocol(METHOD, fault)));
                };
                if !names(supported, version) {
                    return Ok(Attempt::Refused(self.no_common_version(METHOD, supported)));
                }
                Ok(modern(&result))
            }
            Err(refusal) if says_nothing_of_eras(reply.status) => Err(self.refused(METHOD, reply.status, refusal)),
            Err(Refusal::Rpc(error)) if error.code == code::UNSUPPORTED_VERSION => {
                let supported = error.data.as_ref().and_then(|data| data["supported"].as_array());
                let supported = supported.map_or(&[][..], Vec::as_slice);
                // It may say so of a version that it names all the same; the next request shows.
                if names(supported, version) {
                    return Ok(modern(&Value::Null));
                }
                Ok(Attempt::Refused(self.no_common_version(METHOD, supported)))
            }
            Err(Refusal::Rpc(error)) if matches!(error.code, code::HEADER_MISMATCH | code::MISSING_CAPABILITY) => {
                Ok(modern(&Value::Null))
            }
            Err(refusal) => Ok(Attempt::Refused(self.refused(METHOD, reply.status, refusal))),
        }
    }

    /// The legacy first request (MCP 2025-11-25, lifecycle), and the notification that ends the handshake.
    async fn initialize(&self) -> Result<Attempt, Error> {
        const METHOD: &str = "initialize";
        let mut params = Map::new();
        params.insert("protocolVersion".to_string(), ProtocolVersion::LATEST_LEGACY.as_str().into());
        params.insert("capabilities".to_string(), json!({}));
        params.insert("clientInfo".to_string(), client_info());
        let reply = Box::pin(self.exchange(&Call::reading(METHOD, params), Context::Initialize)).await?;
        let mut result = match reply.outcome {
            Ok(result) => result,
            Err(refusal) => {
                let error = self.refused(METHOD, reply.status, refusal);
                let final_word = says_nothing_of_eras(reply.status) || reply.status.is_server_error();
                return if final_word { Err(error) } else { Ok(Attempt::Refused(error)) };
            }
        };
        self.server.redactor.redact_value(&mut result);
        let offered = text(&result["protocolVersion"]).unwrap_or_default();
        let version = ProtocolVersion::parse_of_server(&offered).filter(|version| version.era() == Era::Legacy);
        let Some(version) = version else {
            return Err(self.protocol(METHOD, Fault::Version { offered: format!("\"{offered}\"") }));
        };
        let connection = Connection {
            version,
            session: reply.session,
            title: title(&result["serverInfo"]),
            instructions: text(&result["instructions"]),
            server_info: result["serverInfo"].clone(),
            capabilities: result["capabilities"].clone(),
            initialize_refused_unix_ms: None,
        };
        self.notify_initialized(&connection).await?;
        Ok(Attempt::Connected(Box::new(connection)))
    }

    async fn notify_initialized(&self, connection: &Connection) -> Result<(), Error> {
        const METHOD: &str = "notifications/initialized";
        let message = Value::from(&Notification { method: METHOD.to_string(), params: Map::new() });
        let headers = Context::Legacy(connection).headers(None);
        // A status that is not 202 shows with the next request, where it can be explained.
        let accepted = self.post(METHOD, headers, Bytes::from(message.to_string())).await?;
        self.transport.finish(accepted.into_body());
        Ok(())
    }

    fn no_common_version(&self, method: &str, supported: &[Value]) -> Error {
        let offered = match supported {
            [] => "(none that it names)".to_string(),
            versions => versions.iter().map(Value::to_string).collect::<Vec<_>>().join(", "),
        };
        self.protocol(method, Fault::Version { offered })
    }
}

/// Too many requests, or a proxy without its server.
fn says_nothing_of_eras(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.as_u16() > 501
}

fn names(versions: &[Value], version: ProtocolVersion) -> bool {
    versions.iter().any(|offered| offered.as_str() == Some(version.as_str()))
}

fn names_version(error: &Error) -> bool {
    matches!(*error.problem, Problem::Protocol { fault: Fault::Version { .. }, .. })
}

/// Whether a refusal is one that only a modern server gives.
fn speaks_modern(refusal: &Error) -> bool {
    let codes = [code::UNSUPPORTED_VERSION, code::HEADER_MISMATCH, code::MISSING_CAPABILITY];
    matches!(&*refusal.problem, Problem::Rpc { error, .. } if codes.contains(&error.code))
}

fn title(server_info: &Value) -> Option<String> {
    text(&server_info["title"]).or_else(|| text(&server_info["name"]))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_string)
}
