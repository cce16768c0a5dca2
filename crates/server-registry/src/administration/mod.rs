//! The admin API over the registry: [`admin_api`] reads requests and writes answers, and what they are about is done
//! here.

mod counters;
mod credentials;
mod keys;
mod reports;
mod servers;
mod views;

use crate::{
    access::Access,
    host::{Host, StoreError},
    sign_in::NotSignedIn,
    store::document::ChangeError,
};
use admin_api::{
    Administration, CreatedKey, HealthView, Listing, Page, Precondition, Problem, ProblemKind, RefreshReport, Refusal,
    ServerInput, ServerView, StoredKey, TestReport, ToolView, UsageQuery, Written,
};
use bytes::Bytes;
use client_keys::KeySettings;
use http::{HeaderValue, Request, Response, header};
use servers::Given;

/// When a store that failed is worth another try, in seconds.
const RETRY_AFTER_S: u32 = 1;

impl<H: Host> Access<H> {
    /// Answers a request to the admin API; 403 to a caller that may not manage the gateway.
    pub async fn administer(&self, request: Request<Bytes>) -> Response<Vec<u8>> {
        match self.is_admitted().await {
            Ok(()) => {}
            Err(NotSignedIn::WrongKey) => {
                let detail = "The key was revoked, or has expired, while this request was under way.";
                return Problem::new(ProblemKind::Unauthorized, detail)
                    .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
                    .into_response();
            }
            Err(_) => {
                let detail = "The key cannot be checked, since the store does not answer.";
                return Problem::new(ProblemKind::Unavailable, detail)
                    .with_header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S))
                    .into_response();
            }
        }
        if !self.caller.may_manage() {
            let detail =
                "This key may use servers only. Managing needs the admin key, or a key with the role \"manage\".";
            return Problem::new(ProblemKind::Forbidden, detail).into_response();
        }
        admin_api::answer(request, &Administrator { access: self }).await
    }
}

/// One who may manage the gateway, for one request.
struct Administrator<'a, H> {
    access: &'a Access<H>,
}

impl<H: Host> Administrator<'_, H> {
    fn host(&self) -> &H {
        &self.access.registry.host
    }
}

impl<H: Host> Administration for Administrator<'_, H> {
    async fn servers(&self, page: &Page) -> Result<Listing<ServerView>, Refusal> {
        self.list_servers(page).await
    }

    async fn server(&self, alias: &str) -> Result<ServerView, Refusal> {
        self.show_server(alias).await
    }

    async fn put_server(
        &self,
        alias: &str,
        input: ServerInput,
        precondition: &Precondition,
    ) -> Result<Written<ServerView>, Refusal> {
        self.write_server(alias, &input, Given::Whole, precondition).await
    }

    async fn patch_server(
        &self,
        alias: &str,
        input: ServerInput,
        precondition: &Precondition,
    ) -> Result<Written<ServerView>, Refusal> {
        self.write_server(alias, &input, Given::Part, precondition).await
    }

    async fn delete_server(&self, alias: &str, precondition: &Precondition) -> Result<(), Refusal> {
        self.remove_server(alias, precondition).await
    }

    async fn forget_learned(&self, alias: &str) -> Result<(), Refusal> {
        self.clear_learned(alias).await
    }

    async fn test_server(&self, alias: &str) -> Result<TestReport, Refusal> {
        self.try_connection(alias).await
    }

    async fn refresh_server(&self, alias: &str) -> Result<RefreshReport, Refusal> {
        self.fetch_tools(alias).await
    }

    async fn server_tools(&self, alias: &str, page: &Page) -> Result<Listing<ToolView>, Refusal> {
        self.list_tools(alias, page).await
    }

    async fn server_health(&self, alias: &str) -> Result<HealthView, Refusal> {
        self.show_health(alias).await
    }

    async fn health(&self, page: &Page) -> Result<Listing<HealthView>, Refusal> {
        self.list_health(page).await
    }

    async fn keys(&self, page: &Page) -> Result<Listing<StoredKey>, Refusal> {
        self.list_keys(page).await
    }

    async fn key(&self, id: &str) -> Result<StoredKey, Refusal> {
        self.show_key(id).await
    }

    async fn create_key(&self, settings: KeySettings) -> Result<CreatedKey, Refusal> {
        self.make_key(settings).await
    }

    async fn put_key(
        &self,
        id: &str,
        settings: KeySettings,
        precondition: &Precondition,
    ) -> Result<StoredKey, Refusal> {
        self.change_key(id, &settings, precondition).await
    }

    async fn delete_key(&self, id: &str, precondition: &Precondition) -> Result<(), Refusal> {
        self.revoke_key(id, precondition).await
    }

    async fn usage(&self, query: &UsageQuery) -> Result<Listing<usage::Row>, Refusal> {
        self.list_usage(query).await
    }
}

/// The part of a list that a page wants: of items in order of their positions, those after one.
fn page_of<T>(items: impl IntoIterator<Item = T>, page: &Page, position: impl Fn(&T) -> String) -> Listing<T> {
    let after = page.after.as_deref();
    let mut rest = items.into_iter().filter(|item| after.is_none_or(|after| position(item).as_str() > after));
    let items: Vec<T> = rest.by_ref().take(page.limit.into()).collect();
    let next = items.last().map(&position).filter(|_| rest.next().is_some());
    Listing { items, next }
}

fn unavailable(reason: &StoreError) -> Refusal {
    Refusal::Unavailable { reason: reason.to_string(), retry_after_s: RETRY_AFTER_S }
}

/// The store failed while something was changed.
fn unclear(reason: &StoreError) -> Refusal {
    let reason = format!("{reason}; the change may have been made all the same");
    Refusal::Unavailable { reason, retry_after_s: RETRY_AFTER_S }
}

impl From<ChangeError<Refusal>> for Refusal {
    fn from(error: ChangeError<Refusal>) -> Self {
        match error {
            ChangeError::Refused(refusal) => refusal,
            ChangeError::Store(error) => unclear(&error),
            error @ (ChangeError::Busy | ChangeError::TooLarge) => {
                Self::Unavailable { reason: error.to_string(), retry_after_s: RETRY_AFTER_S }
            }
        }
    }
}
