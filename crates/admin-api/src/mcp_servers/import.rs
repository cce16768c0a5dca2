//! Takes servers over from the configuration of an IDE.

use crate::answer::Call;
use crate::mcp_servers::entry;
use crate::protocol::{
    body,
    fields::{Fields, pointer},
    response,
    text::ALIAS,
};
use crate::servers::endpoints::{patched, whole_server};
use crate::servers::input::Stored;
use crate::servers::{ServerInput, headers};
use crate::{Administration, FieldError, Precondition, Problem, Refusal, Written};
use http::{Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Servers of one import, under one name: all that may be registered, and as many declared ones, as an export has them.
const MAX_IMPORTED: usize = 2_000;

/// The names under which programs keep their servers; `servers` is that of VS Code.
const COLLECTIONS: [&str; 2] = ["mcpServers", "servers"];

/// How often a server is tried again because somebody else was faster.
const TRIES: usize = 8;

/// A document with servers.
struct Document {
    /// Entries by alias, in its order.
    entries: Vec<(String, Value)>,
    /// What was not taken of the rest.
    notes: Option<String>,
}

/// How it went with one server.
#[derive(Debug, Serialize)]
struct Outcome {
    alias: String,
    outcome: Kind,
    /// Why nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What of the entry was not taken as it is written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Created,
    Updated,
    /// It is not for the gateway, or not for this API.
    Skipped,
    Failed,
}

/// `POST /import`: every server by itself, in the order of the document. One that is there already is changed where
/// the entry says something, and else stays as it is.
pub(crate) async fn answer(call: Call<'_>, administration: &impl Administration) -> Result<Response<Vec<u8>>, Problem> {
    call.query.done()?;
    let document = read(body::import(call.headers, call.body)?)?;
    let mut outcomes = Vec::with_capacity(document.entries.len());
    for (alias, entry) in document.entries {
        let mut notes = Vec::new();
        let (outcome, reason) = match import(administration, &alias, entry, &mut notes).await {
            Ok(kind) => (kind, None),
            Err((kind, reason)) => (kind, Some(reason)),
        };
        outcomes.push(Outcome { alias, outcome, reason, notes });
    }
    let mut report = json!({"servers": outcomes});
    if let Some(note) = document.notes {
        report["notes"] = json!([note]);
    }
    Ok(response::json(StatusCode::OK, &report))
}

fn read(document: Value) -> Result<Document, Problem> {
    let mut errors = Vec::new();
    let mut entries = Vec::new();
    let mut notes = None;
    if let Some(fields) = Fields::of(document, "", &mut errors) {
        let mut members: Map<String, Value> = fields.into_members().collect();
        let collections: Vec<_> =
            COLLECTIONS.iter().filter_map(|name| members.shift_remove(*name).map(|servers| (*name, servers))).collect();
        if collections.is_empty() {
            let detail = "It is required, an object of servers by their aliases; \"servers\" is taken as well.";
            errors.push(FieldError::at("/mcpServers", detail));
        }
        for (name, servers) in collections {
            let pointer = pointer("", name);
            let servers: Vec<_> =
                Fields::of(servers, &*pointer, &mut errors).into_iter().flat_map(Fields::into_members).collect();
            if servers.len() > MAX_IMPORTED {
                let detail = format!("There are {} servers, and at most {MAX_IMPORTED} can be.", servers.len());
                errors.push(FieldError::at(pointer, detail));
            }
            entries.extend(servers);
        }
        notes = entry::passed_over(members.keys());
    }
    if errors.is_empty() { Ok(Document { entries, notes }) } else { Err(Problem::invalid_body(errors)) }
}

async fn import(
    administration: &impl Administration,
    alias: &str,
    entry: Value,
    notes: &mut Vec<String>,
) -> Result<Kind, (Kind, String)> {
    if !ALIAS.allows(alias) {
        return Err((Kind::Failed, format!("{} Rename it.", ALIAS.expected)));
    }
    let Value::Object(entry) = entry else {
        return Err((Kind::Failed, "It must be an object with a \"url\".".to_string()));
    };
    let taken = entry::read(entry).map_err(|foreign| {
        (if foreign.is_no_upstream() { Kind::Skipped } else { Kind::Failed }, foreign.to_string())
    })?;
    *notes = taken.notes;
    let mut patch = taken.patch;
    headers::lower_names(&mut patch);
    ServerInput::check_patch(&patch).map_err(|errors| (Kind::Failed, told(&errors)))?;
    for _ in 0..TRIES {
        let (whole, stored, precondition) = match administration.server(alias).await {
            Ok(view) => (patched(&view, patch.clone()), Stored::Perhaps, Precondition::unchanged(view.revision())),
            Err(Refusal::NotFound) => (patch.clone(), Stored::Nothing, Precondition::absent()),
            Err(refusal) => return Err(refused(&refusal)),
        };
        let input = whole_server(whole, stored).map_err(|errors| (Kind::Failed, told(&errors)))?;
        match administration.put_server(alias, input, &precondition).await {
            Ok(Written::Created(_)) => return Ok(Kind::Created),
            Ok(Written::Replaced(_)) => return Ok(Kind::Updated),
            Err(Refusal::VersionMismatch) => {}
            Err(refusal) => return Err(refused(&refusal)),
        }
    }
    Err(refused(&Refusal::too_many_writers()))
}

fn refused(refusal: &Refusal) -> (Kind, String) {
    let kind = if matches!(refusal, Refusal::Declared) { Kind::Skipped } else { Kind::Failed };
    let reason = match refusal {
        Refusal::Invalid(errors) | Refusal::MissingSecrets(errors) => format!("{refusal}: {}", told(errors)),
        refusal => refusal.to_string(),
    };
    (kind, reason)
}

fn told(errors: &[FieldError]) -> String {
    const TOLD: usize = 5;
    let text = |error: &FieldError| {
        let mut error = error.clone();
        error.shorten();
        format!("{}: {}", error.place, error.detail)
    };
    errors.iter().take(TOLD).map(text).collect::<Vec<_>>().join(" ")
}
