use crate::{
    HealthView, Listing, Page, Precondition, RefreshReport, Refusal, ServerInput, ServerView, TestReport, ToolView,
    UsageQuery, UsageRow,
};
use client_keys::{KeyRecord, KeySettings, NewKey};

/// What stands behind the API. Sign-in and rights have been checked when it is asked.
///
/// Components serve requests on one thread, so the futures need not be `Send`.
#[allow(async_fn_in_trait, reason = "no caller needs the futures to be Send")]
pub trait Administration {
    /// The servers by alias, those of the variable `servers` and switched-off ones too.
    async fn servers(&self, page: &Page) -> Result<Listing<ServerView>, Refusal>;

    /// One server, as it is at this moment and not as it was when the request began: a patch that others were faster
    /// than is computed anew from it.
    async fn server(&self, alias: &str) -> Result<ServerView, Refusal>;

    /// Stores a server under an alias of the right form, in place of the one that is there. It is the operator's, even
    /// if an agent had added the one before: the agent must not get what the operator's is given.
    ///
    /// # Errors
    /// [`Refusal::Declared`] before anything else; [`Refusal::VersionMismatch`] when the precondition does not hold
    /// for what is stored at the moment of writing. The pointers of [`Refusal::Invalid`],
    /// [`Refusal::MissingSecrets`] and [`Refusal::AddressRefused`] lead into the input's JSON form (`/url`,
    /// `/headers/x-api-key`, `/auth/token`).
    async fn put_server(
        &self,
        alias: &str,
        input: ServerInput,
        precondition: &Precondition,
    ) -> Result<Written<ServerView>, Refusal>;

    /// The same where a request changed a part of what is stored. A server that an agent added stays that agent's, as
    /// long as it leads to the same URL and gets no credentials; else it is the operator's from then on.
    async fn patch_server(
        &self,
        alias: &str,
        input: ServerInput,
        precondition: &Precondition,
    ) -> Result<Written<ServerView>, Refusal>;

    /// Removes a server, its credentials, and what is known of it.
    async fn delete_server(&self, alias: &str, precondition: &Precondition) -> Result<(), Refusal>;

    /// Forgets what was learned of the results of a server's tools, of declared servers too. It is no error where nothing
    /// was.
    async fn forget_learned(&self, alias: &str) -> Result<(), Refusal>;

    /// Connects to a server without leaving a trace but in its health. That it fails is a report, too.
    async fn test_server(&self, alias: &str) -> Result<TestReport, Refusal>;

    /// Fetches a server's tools anew. That it fails is a report, too.
    async fn refresh_server(&self, alias: &str) -> Result<RefreshReport, Refusal>;

    /// A server's tools by name, blocked ones too, from its catalog.
    async fn server_tools(&self, alias: &str, page: &Page) -> Result<Listing<ToolView>, Refusal>;

    /// How one server has been doing.
    async fn server_health(&self, alias: &str) -> Result<HealthView, Refusal>;

    /// How all servers have been doing, by alias.
    async fn health(&self, page: &Page) -> Result<Listing<HealthView>, Refusal>;

    /// The keys, in an order that stays.
    async fn keys(&self, page: &Page) -> Result<Listing<StoredKey>, Refusal>;

    /// One key, as it is at this moment. An id of any form can be asked for.
    async fn key(&self, id: &str) -> Result<StoredKey, Refusal>;

    /// Makes a key.
    ///
    /// # Errors
    /// [`Refusal::AlreadyExpired`] when it would expire before it exists; [`Refusal::Forbidden`] when it could manage
    /// the gateway for longer than the key of the caller.
    async fn create_key(&self, settings: KeySettings) -> Result<CreatedKey, Refusal>;

    /// Changes a key that exists.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when the caller's own key would be changed, or allow longer what it allows;
    /// [`Refusal::VersionMismatch`] as for servers, [`Refusal::NotFound`] when there is no such key.
    async fn put_key(&self, id: &str, settings: KeySettings, precondition: &Precondition)
    -> Result<StoredKey, Refusal>;

    /// Revokes a key: the next request with it is refused.
    async fn delete_key(&self, id: &str, precondition: &Precondition) -> Result<(), Refusal>;

    /// Counters by day, key, server and tool, in this order; the newest may lag behind by some seconds.
    async fn usage(&self, query: &UsageQuery) -> Result<Listing<UsageRow>, Refusal>;
}

/// What was stored, and whether it is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written<T> {
    /// There was nothing under this name.
    Created(T),
    /// It replaced something.
    Replaced(T),
}

impl<T> Written<T> {
    /// What was stored.
    pub fn into_inner(self) -> T {
        match self {
            Self::Created(stored) | Self::Replaced(stored) => stored,
        }
    }
}

/// A key as it is stored. Answers show [`KeyRecord::view`] of it, which has no hash.
#[derive(Debug, Clone)]
pub struct StoredKey {
    /// The key.
    pub record: KeyRecord,
    /// Grows with every change; below 2^53.
    pub version: u64,
}

/// A new key, whose text nobody can show again.
#[derive(Debug)]
pub struct CreatedKey {
    /// The key, stored.
    pub key: NewKey,
    /// The version of its record.
    pub version: u64,
}
