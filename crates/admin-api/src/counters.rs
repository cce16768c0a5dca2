//! What was used, by day, key, server and tool.

use crate::answer::Call;
use crate::protocol::page::{self, Page};
use crate::protocol::query::Query;
use crate::protocol::response;
use crate::protocol::text::{ALIAS, TOOL, Text};
use crate::{Administration, Listing, Problem, Subject};
use http::{Response, StatusCode};
use serde_json::{Value, json};
use usage::{Day, Filter, MAX_KEY_CHARS, OTHER, Row, UNKNOWN};

/// What of the usage is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// Which counters. When `to` lies before `from`, none.
    pub filter: Filter,
    /// Which part of them.
    pub page: Page,
}

/// The id of a key, or a word in its place.
const KEY: Text = Text {
    most: MAX_KEY_CHARS,
    fits: |text| text == OTHER || text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')),
    expected: "It must be the id of a key, \"operator\" or \"(other)\".",
};

/// The alias of a server, or a word in its place.
const SERVER: Text = Text {
    most: ALIAS.most,
    fits: |text| [OTHER, UNKNOWN].contains(&text) || (ALIAS.fits)(text),
    expected: "It must be the alias of a server, \"(other)\" or \"(unknown)\".",
};

/// `GET /usage`
pub(crate) async fn answer(call: Call<'_>, administration: &impl Administration) -> Result<Response<Vec<u8>>, Problem> {
    let query = UsageQuery::read(call.query)?;
    let listing = administration.usage(&query).await.map_err(|refusal| Subject::Usage.problem(refusal))?;
    let items: Vec<Value> = listing.items.iter().map(shown).collect();
    Ok(response::json(StatusCode::OK, &page::json(Listing { items, next: listing.next })))
}

impl UsageQuery {
    fn read(mut query: Query) -> Result<Self, Problem> {
        const DAY: &str = "It must be a day that exists, such as 2026-01-31.";
        let text = |form: Text| move |given: &str| form.allows(given).then(|| given.to_string());
        let filter = Filter {
            from: query.take_as("from", DAY, Day::read),
            to: query.take_as("to", DAY, Day::read),
            key: query.take_as("key", KEY.expected, text(KEY)),
            server: query.take_as("server", SERVER.expected, text(SERVER)),
            tool: query.take_as("tool", TOOL.expected, text(TOOL)),
        };
        let page = page::read(&mut query);
        query.done().map(|()| Self { filter, page })
    }
}

fn shown(row: &Row) -> Value {
    json!({
        "day": row.day.to_string(),
        "key": row.key,
        "server": row.server,
        "tool": row.tool,
        "calls": row.counts.calls,
        "failures": row.counts.failures,
        "durationMs": row.counts.duration_ms,
        "longestMs": row.counts.longest_ms,
        "sentBytes": row.counts.sent_bytes,
        "receivedBytes": row.counts.received_bytes,
    })
}
