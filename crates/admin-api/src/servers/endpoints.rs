//! What can be done with servers.

use crate::answer::Call;
use crate::protocol::{
    body,
    conditions::Precondition,
    fields::Fields,
    merge_patch,
    page::{self, Page},
    response,
    route::PREFIX,
    text::ALIAS,
};
use crate::servers::input::Stored;
use crate::servers::{AuthInput, ServerInput, ServerView, headers};
use crate::{Administration, FieldError, Problem, Refusal, Subject, Written};
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

type Answer = Result<Response<Vec<u8>>, Problem>;

/// How often a patch is computed anew because somebody else was faster.
const PATCH_TRIES: usize = 32;

/// `GET /servers`
pub(crate) async fn list(call: Call<'_>, administration: &impl Administration) -> Answer {
    let page = page(call)?;
    let listing = administration.servers(&page).await.map_err(|refusal| Subject::Servers.problem(refusal))?;
    Ok(response::json(StatusCode::OK, &page::json(listing)))
}

/// `POST /servers`
pub(crate) async fn create(call: Call<'_>, administration: &impl Administration) -> Answer {
    call.query.done()?;
    let (alias, input) = new_server(body::json(call.headers, call.body)?)?;
    let written = administration.put_server(&alias, input, &Precondition::absent()).await;
    let view = written.map_err(|refusal| match refusal {
        Refusal::VersionMismatch => Subject::Server(&alias).exists(),
        refusal => Subject::Server(&alias).problem(refusal),
    })?;
    Ok(created(&view.into_inner()))
}

/// `GET /servers/{alias}`
pub(crate) async fn get(call: Call<'_>, administration: &impl Administration, alias: &str) -> Answer {
    call.query.done()?;
    let view = existing(administration, alias).await?;
    Ok(response::unless_known(call.headers, view.revision().etag(), &view.json()))
}

/// `PUT /servers/{alias}`
pub(crate) async fn put(call: Call<'_>, administration: &impl Administration, alias: &str) -> Answer {
    call.query.done()?;
    let value = body::json(call.headers, call.body)?;
    if !ALIAS.allows(alias) {
        // Of such a name there can be a declared one.
        return Err(match administration.server(alias).await {
            Ok(_) => Subject::Server(alias).problem(Refusal::Declared),
            Err(_) => Problem::invalid_body(vec![FieldError::parameter("alias", ALIAS.expected)]),
        });
    }
    let input = whole_server(value, Stored::Perhaps).map_err(Problem::invalid_body)?;
    let precondition = Precondition::read(call.headers);
    let written = administration.put_server(alias, input, &precondition).await;
    match written.map_err(|refusal| Subject::Server(alias).problem(refusal))? {
        Written::Created(view) => Ok(created(&view)),
        Written::Replaced(view) => Ok(shown(StatusCode::OK, &view)),
    }
}

/// `PATCH /servers/{alias}`
pub(crate) async fn patch(call: Call<'_>, administration: &impl Administration, alias: &str) -> Answer {
    call.query.done()?;
    let mut patch = body::merge_patch(call.headers, call.body)?;
    headers::lower_names(&mut patch);
    ServerInput::check_patch(&patch).map_err(Problem::invalid_body)?;
    let precondition = Precondition::read(call.headers);
    for _ in 0..PATCH_TRIES {
        let view = existing(administration, alias).await?;
        if !precondition.holds(Some(view.revision())) {
            return Err(Subject::Server(alias).problem(Refusal::VersionMismatch));
        }
        let input = whole_server(patched(&view, patch.clone()), Stored::Perhaps).map_err(Problem::does_not_apply)?;
        match administration.patch_server(alias, input, &Precondition::unchanged(view.revision())).await {
            Ok(written) => return Ok(shown(StatusCode::OK, &written.into_inner())),
            Err(Refusal::VersionMismatch) => {}
            Err(refusal) => return Err(Subject::Server(alias).problem(refusal)),
        }
    }
    Err(Subject::Server(alias).problem(Refusal::too_many_writers()))
}

/// `DELETE /servers/{alias}`
pub(crate) async fn delete(call: Call<'_>, administration: &impl Administration, alias: &str) -> Answer {
    call.query.done()?;
    let precondition = Precondition::read(call.headers);
    let deleted = administration.delete_server(alias, &precondition).await;
    deleted.map_err(|refusal| Subject::Server(alias).problem(refusal))?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

/// `POST /servers/{alias}/test`
pub(crate) async fn test(call: Call<'_>, administration: &impl Administration, alias: &str) -> Answer {
    call.query.done()?;
    let report = administration.test_server(alias).await.map_err(|refusal| Subject::Server(alias).problem(refusal))?;
    Ok(response::json(StatusCode::OK, &json!(report)))
}

/// `POST /servers/{alias}/refresh`
pub(crate) async fn refresh(call: Call<'_>, administration: &impl Administration, alias: &str) -> Answer {
    call.query.done()?;
    let report = administration.refresh_server(alias).await;
    Ok(response::json(StatusCode::OK, &json!(report.map_err(|refusal| Subject::Server(alias).problem(refusal))?)))
}

/// `GET /servers/{alias}/tools`
pub(crate) async fn tools(call: Call<'_>, administration: &impl Administration, alias: &str) -> Answer {
    let page = page(call)?;
    let listing = administration.server_tools(alias, &page).await;
    let listing = listing.map_err(|refusal| Subject::Server(alias).problem(refusal))?;
    Ok(response::json(StatusCode::OK, &page::json(listing)))
}

/// `DELETE /servers/{alias}/learned`
pub(crate) async fn forget_learned(call: Call<'_>, administration: &impl Administration, alias: &str) -> Answer {
    call.query.done()?;
    administration.forget_learned(alias).await.map_err(|refusal| Subject::Server(alias).problem(refusal))?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

/// `GET /servers/{alias}/health`
pub(crate) async fn health_of(call: Call<'_>, administration: &impl Administration, alias: &str) -> Answer {
    call.query.done()?;
    let health = administration.server_health(alias).await;
    Ok(response::json(StatusCode::OK, &json!(health.map_err(|refusal| Subject::Server(alias).problem(refusal))?)))
}

/// `GET /health`
pub(crate) async fn health(call: Call<'_>, administration: &impl Administration) -> Answer {
    let page = page(call)?;
    let listing = administration.health(&page).await.map_err(|refusal| Subject::Servers.problem(refusal))?;
    Ok(response::json(StatusCode::OK, &page::json(listing)))
}

/// Reads a server that is to be made: its alias, and the rest.
fn new_server(value: Value) -> Result<(String, ServerInput), Problem> {
    let mut errors = Vec::new();
    let Some(mut fields) = Fields::of(value, "", &mut errors) else { return Err(Problem::invalid_body(errors)) };
    let alias =
        fields.required("alias", ALIAS.expected, &mut errors, |fields, errors| fields.text("alias", ALIAS, errors));
    match (alias, ServerInput::read(fields, Stored::Nothing)) {
        (Some(alias), Ok(input)) => Ok((alias, input)),
        (_, rest) => {
            errors.extend(rest.err().unwrap_or_default());
            Err(Problem::invalid_body(errors))
        }
    }
}

/// Reads a whole server whose alias is known.
pub(crate) fn whole_server(value: Value, stored: Stored) -> Result<ServerInput, Vec<FieldError>> {
    let mut errors = Vec::new();
    match Fields::of(value, "", &mut errors) {
        Some(fields) => ServerInput::read(fields, stored),
        None => Err(errors),
    }
}

/// The server as a merge patch leaves it.
pub(crate) fn patched(view: &ServerView, patch: Value) -> Value {
    let mut server = view.json();
    if let Some(auth) = patch.get("auth") {
        AuthInput::make_room(&mut server["auth"], auth);
    }
    merge_patch::apply(&mut server, patch);
    server
}

async fn existing(administration: &impl Administration, alias: &str) -> Result<ServerView, Problem> {
    administration.server(alias).await.map_err(|refusal| Subject::Server(alias).problem(refusal))
}

fn page(mut call: Call<'_>) -> Result<Page, Problem> {
    let page = page::read(&mut call.query);
    call.query.done().map(|()| page)
}

fn shown(status: StatusCode, view: &ServerView) -> Response<Vec<u8>> {
    response::tagged(response::json(status, &view.json()), view.revision().etag())
}

fn created(view: &ServerView) -> Response<Vec<u8>> {
    let mut response = shown(StatusCode::CREATED, view);
    if let Ok(location) = HeaderValue::from_str(&format!("{PREFIX}/servers/{}", view.alias)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
