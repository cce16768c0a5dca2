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

/// Servers of one import.
pub(crate) const MAX_IMPORTED: usize = 200;

/// How often a server is tried again because somebody else was faster.
const TRIES: usize = 8;

/// Entries by alias, in the order of the document.
type Entries = Vec<(String, Map<String, Value>)>;

/// How it went with one server.
#[derive(Debug, Serialize)]
struct Outcome {
    alias: String,
    outcome: Kind,
    /// Why nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
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
    let entries = read(body::json(call.headers, call.body)?)?;
    let mut outcomes = Vec::with_capacity(entries.len());
    for (alias, entry) in entries {
        let (outcome, reason) = match import(administration, &alias, entry).await {
            Ok(kind) => (kind, None),
            Err((kind, reason)) => (kind, Some(reason)),
        };
        outcomes.push(Outcome { alias, outcome, reason });
    }
    Ok(response::json(StatusCode::OK, &json!({"servers": outcomes})))
}

fn read(document: Value) -> Result<Entries, Problem> {
    let mut errors = Vec::new();
    let mut entries = Vec::new();
    if let Some(mut fields) = Fields::of(document, "", &mut errors) {
        let servers = fields.required("mcpServers", &mut errors, |fields, errors| {
            Fields::of(fields.take("mcpServers")?, "/mcpServers", errors)
        });
        fields.done(&[], &mut errors);
        for (alias, entry) in servers.into_iter().flat_map(Fields::into_members) {
            match entry {
                Value::Object(entry) => entries.push((alias, entry)),
                _ => errors.push(FieldError::at(pointer("/mcpServers", &alias), "It must be an object.")),
            }
        }
    }
    if entries.len() > MAX_IMPORTED {
        let detail = format!("There are {} servers, at most {MAX_IMPORTED} are imported at once.", entries.len());
        errors.push(FieldError::at("/mcpServers", detail));
    }
    if errors.is_empty() { Ok(entries) } else { Err(Problem::invalid_body(errors)) }
}

async fn import(
    administration: &impl Administration,
    alias: &str,
    entry: Map<String, Value>,
) -> Result<Kind, (Kind, String)> {
    if !ALIAS.allows(alias) {
        return Err((Kind::Failed, ALIAS.expected.to_string()));
    }
    let mut patch = entry::as_patch(entry).map_err(|foreign| {
        (if foreign.is_no_upstream() { Kind::Skipped } else { Kind::Failed }, foreign.to_string())
    })?;
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
    let texts: Vec<_> =
        errors.iter().take(TOLD).map(|FieldError { place, detail }| format!("{place}: {detail}")).collect();
    texts.join(" ")
}
