use crate::{
    cancellation::Cancellations,
    clock::Clock,
    connection::Connection,
    deadlines::{Deadline, Deadlines},
    error::{Error, Fault, Problem},
    exchange::{Refusal, Reply},
    flight::Flight,
    limits::Limits,
    renewal,
    request::{Call, Context},
    server::Server,
    sharing::Sharing,
    transport::{Transport, TransportError},
};
use bytes::Bytes;
use http::{Method, StatusCode};
use mcp::{Era, Id, code};
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// For how long a failed handshake is answered from memory at the most, in milliseconds: for as long as it took, so that
/// nobody waits for the same again, and a server that fails at once is asked each time.
const FAILURE_MEMORY_MS: u64 = 3_000;

/// How many connections that were made elsewhere one request tries.
const TAKEN_OVER: u32 = 3;

/// How long a server is given to end a session, in milliseconds.
const END_MS: u64 = 2_000;

/// A client of one server. It may be used by several tasks of one thread at once; requests run side by
/// side, and only a handshake is waited for and shared.
pub struct Client<T, C> {
    pub(crate) server: Server,
    pub(crate) transport: T,
    pub(crate) clock: C,
    pub(crate) deadlines: Deadlines,
    pub(crate) limits: Limits,
    pub(crate) cancellations: Cancellations,
    connection: RefCell<Option<Rc<Connection>>>,
    /// Whether this client has made it itself.
    is_own: Cell<bool>,
    sharing: Option<Rc<dyn Sharing>>,
    handshake: Flight<Result<Rc<Connection>, Error>>,
    failure: RefCell<Option<(u64, Error)>>,
    last_id: Cell<u32>,
    tool_changes: Cell<u64>,
}

impl<T: Transport, C: Clock> Client<T, C> {
    /// A client without a connection; the first request makes one. `seed` is any random number: several
    /// instances share a session, and their request ids must not meet.
    pub fn new(server: Server, transport: T, clock: C, deadlines: Deadlines, limits: Limits, seed: u64) -> Self {
        Self {
            server,
            transport,
            clock,
            deadlines: deadlines.bounded(),
            limits,
            cancellations: Cancellations::default(),
            connection: RefCell::default(),
            is_own: Cell::new(false),
            sharing: None,
            handshake: Flight::default(),
            failure: RefCell::default(),
            // Positive in 32 bits, signed too: some servers keep ids there.
            last_id: Cell::new((seed & 0x3fff_ffff) as u32),
            tool_changes: Cell::new(0),
        }
    }

    /// The same, sharing its connection with clients elsewhere.
    pub fn sharing(self, sharing: Rc<dyn Sharing>) -> Self {
        Self { sharing: Some(sharing), ..self }
    }

    /// What the last handshake found out.
    pub fn connection(&self) -> Option<Rc<Connection>> {
        self.connection.borrow().clone()
    }

    /// How often the server said, or it turned out, that its tools are others. That counts from the moment on at which
    /// it is known, whatever becomes of the request.
    pub fn tool_changes(&self) -> u64 {
        self.tool_changes.get()
    }

    /// Counts one more change of its tools.
    pub fn note_tools_changed(&self) {
        self.tool_changes.set(self.tool_changes.get() + 1);
    }

    /// Uses what an earlier handshake found out, maybe in another instance. Should it have expired, the
    /// next request notices.
    pub fn restore(&self, connection: Connection) {
        self.connection.replace(Some(Rc::new(connection)));
        self.is_own.set(false);
    }

    /// Makes the next request try a handshake, though one has just failed.
    pub fn forget_failure(&self) {
        self.failure.replace(None);
    }

    /// The connection, made now where there is none.
    pub async fn connected(&self) -> Result<Rc<Connection>, Error> {
        match self.connection() {
            Some(connection) => Ok(connection),
            None => Box::pin(self.connect(None)).await,
        }
    }

    /// Sends a request over a connection that is made or renewed as needed.
    ///
    /// Handshakes and exchanges are boxed, here and elsewhere: unboxed, the future of a call would hold
    /// several of each, and measure a hundred kilobytes.
    pub(crate) async fn ask(&self, call: &Call<'_>) -> Result<Value, Error> {
        let mut connection = self.connected().await?;
        let (mut renewed, mut taken_over) = (false, 0);
        let mut repeated = false;
        loop {
            match Box::pin(self.exchange(call, Context::from(&*connection))).await {
                Ok(reply) if !renewed && renewal::is_of_connection(&connection, &reply) => {
                    connection = Box::pin(self.connect(Some(connection))).await?;
                    // One that somebody else has made may have been refused by now, too.
                    taken_over += 1;
                    renewed = self.is_own.get() || taken_over == TAKEN_OVER;
                }
                Ok(Reply { outcome: Err(Refusal::Rpc(error)), .. }) if error.code == code::MISSING_CAPABILITY => {
                    return Err(self.protocol(call.method, Fault::MissingCapability { said: error.message }));
                }
                Ok(reply) => return reply.outcome.map_err(|refusal| self.refused(call.method, reply.status, refusal)),
                Err(error) if call.repeatable && !repeated && broke(&error) => repeated = true,
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes a connection, or another than the one that the server refused.
    async fn connect(&self, refused: Option<Rc<Connection>>) -> Result<Rc<Connection>, Error> {
        self.handshake
            .join(&self.clock, || async {
                let current = self.connection();
                if let Some(current) = current.filter(|current| !is_same(Some(current), refused.as_ref())) {
                    return Ok(current);
                }
                if let Some((until_ms, error)) = &*self.failure.borrow()
                    && self.clock.monotonic_ms() < *until_ms
                {
                    return Err(error.clone());
                }
                let Some(refused) = refused else { return self.make_connection(None).await };
                let Some(sharing) = &self.sharing else { return self.make_connection(Some(refused.era())).await };
                if let Some(other) = sharing.made_elsewhere(refused.clone()).await {
                    let other = Rc::new(other);
                    self.connection.replace(Some(other.clone()));
                    self.is_own.set(false);
                    return Ok(other);
                }
                let made = self.make_connection(Some(refused.era())).await;
                sharing.made(made.clone().ok()).await;
                made
            })
            .await
    }

    async fn make_connection(&self, era: Option<Era>) -> Result<Rc<Connection>, Error> {
        let began_ms = self.clock.monotonic_ms();
        let outcome = self.limited(Deadline::Handshake, self.establish(era)).await;
        match outcome {
            Ok(connection) => {
                let connection = Rc::new(connection);
                self.connection.replace(Some(connection.clone()));
                self.is_own.set(true);
                self.failure.replace(None);
                Ok(connection)
            }
            Err(error) => {
                self.connection.replace(None);
                let now_ms = self.clock.monotonic_ms();
                let until_ms = now_ms + now_ms.saturating_sub(began_ms).min(FAILURE_MEMORY_MS);
                self.failure.replace(Some((until_ms, error.clone())));
                Err(error)
            }
        }
    }

    /// Ends the session, where there is one (MCP 2025-11-25, "Session Management"). Servers need not allow it, and one
    /// that does not answer soon is left.
    pub async fn end(&self) {
        if let Some(connection) = self.connection.take() {
            self.end_session_of(&connection).await;
        }
    }

    pub(crate) async fn end_session_of(&self, connection: &Connection) {
        if connection.session.is_none() {
            return;
        }
        let headers = Context::Legacy(connection).headers(None);
        let ending = self.send("DELETE", self.http_request(Method::DELETE, headers, Bytes::new()));
        if let Some(Ok(ended)) = crate::deadlines::within(&self.clock, END_MS, ending).await {
            self.transport.finish(ended.into_body());
        }
    }

    pub(crate) fn refused(&self, method: &str, status: StatusCode, refusal: Refusal) -> Error {
        let method = method.to_string();
        self.error(match refusal {
            Refusal::Rpc(error) => Problem::Rpc { method, error },
            Refusal::Status { excerpt, retry_after } => Problem::HttpStatus { method, status, excerpt, retry_after },
        })
    }

    /// Ids rise from the seed.
    pub(crate) fn next_id(&self) -> Id {
        let id = self.last_id.get().wrapping_add(1) & 0x7fff_ffff;
        self.last_id.set(id);
        Id::from(u64::from(id))
    }

    /// Runs a future under one of the deadlines.
    pub(crate) async fn limited<R>(
        &self,
        deadline: Deadline,
        future: impl Future<Output = Result<R, Error>>,
    ) -> Result<R, Error> {
        let limit_ms = self.deadlines.of(deadline);
        crate::deadlines::within(&self.clock, limit_ms, future).await.unwrap_or_else(|| Err(self.timed_out(deadline)))
    }

    pub(crate) fn error(&self, problem: Problem) -> Error {
        Error { server: self.server.alias.clone(), problem: Box::new(problem) }.cleaned(&self.server.redactor)
    }

    pub(crate) fn protocol(&self, method: &str, fault: Fault) -> Error {
        self.error(Problem::Protocol { method: method.to_string(), fault })
    }

    pub(crate) fn unreachable(&self, reason: TransportError) -> Error {
        self.error(Problem::Unreachable { origin: self.server.origin(), reason })
    }

    pub(crate) fn timed_out(&self, deadline: Deadline) -> Error {
        self.error(Problem::TimedOut { deadline, after_ms: self.deadlines.of(deadline) })
    }
}

fn is_same(one: Option<&Rc<Connection>>, other: Option<&Rc<Connection>>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if Rc::ptr_eq(one, other))
}

/// Whether the exchange broke off, so that the request may or may not have been carried out.
fn broke(error: &Error) -> bool {
    matches!(
        &*error.problem,
        Problem::Unreachable { reason: TransportError::Broken(_), .. }
            | Problem::Protocol { fault: Fault::Unfinished { .. }, .. }
    )
}
