//! What was used, by day, key, server and tool.

mod day;

pub use day::Day;

use crate::answer::Call;
use crate::protocol::page::{self, Page};
use crate::protocol::query::Query;
use crate::protocol::response;
use crate::protocol::text::{ALIAS, TOOL, Text};
use crate::{Administration, Problem, Subject};
use http::{Response, StatusCode};
use serde::Serialize;

/// What of the usage is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// From this day on, UTC.
    pub from: Option<Day>,
    /// Up to and with this day, UTC. Before `from` there is nothing.
    pub to: Option<Day>,
    /// Only of this key, by id.
    pub key: Option<String>,
    /// Only at this server.
    pub server: Option<String>,
    /// Only of this tool.
    pub tool: Option<String>,
    /// Which part of it.
    pub page: Page,
}

/// The calls of one day, key, server and tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageRow {
    /// The day, UTC.
    pub day: Day,
    /// The id of the key; `admin` for the operator's, `null` where no key was needed.
    pub key: Option<String>,
    /// The alias of the server.
    pub server: String,
    /// The tool, as its server calls it.
    pub tool: String,
    /// Calls.
    pub calls: u64,
    /// Those that failed.
    pub failures: u64,
    /// Milliseconds that all of them took together.
    pub duration_ms: u64,
    /// Bytes of arguments.
    pub bytes_in: u64,
    /// Bytes of results.
    pub bytes_out: u64,
}

/// The id of a key, or a word in its place.
const KEY: Text = Text {
    most: 64,
    fits: |text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')),
    expected: "It must be the id of a key, or \"admin\".",
};

/// `GET /usage`
pub(crate) async fn answer(call: Call<'_>, administration: &impl Administration) -> Result<Response<Vec<u8>>, Problem> {
    let query = UsageQuery::read(call.query)?;
    let listing = administration.usage(&query).await.map_err(|refusal| Subject::Usage.problem(refusal))?;
    Ok(response::json(StatusCode::OK, &page::json(listing)))
}

impl UsageQuery {
    fn read(mut query: Query) -> Result<Self, Problem> {
        const DAY: &str = "It must be a day that exists, such as 2026-01-31.";
        let text = |form: Text| move |given: &str| form.allows(given).then(|| given.to_string());
        let read = Self {
            from: query.take_as("from", DAY, Day::read),
            to: query.take_as("to", DAY, Day::read),
            key: query.take_as("key", KEY.expected, text(KEY)),
            server: query.take_as("server", ALIAS.expected, text(ALIAS)),
            tool: query.take_as("tool", TOOL.expected, text(TOOL)),
            page: page::read(&mut query),
        };
        query.done().map(|()| read)
    }
}
