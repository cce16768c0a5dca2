//! What can be done with keys.

use crate::answer::Call;
use crate::keys;
use crate::protocol::{body, conditions::Precondition, merge_patch, page, response, route::PREFIX};
use crate::{Administration, Listing, Problem, Refusal, StoredKey, Subject};
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

type Answer = Result<Response<Vec<u8>>, Problem>;

/// How often a patch is computed anew because somebody else was faster.
const PATCH_TRIES: usize = 32;

/// `GET /keys`
pub(crate) async fn list(mut call: Call<'_>, administration: &impl Administration) -> Answer {
    let page = page::read(&mut call.query);
    call.query.done()?;
    let listing = administration.keys(&page).await.map_err(|refusal| Subject::Keys.problem(refusal))?;
    let items: Vec<Value> = listing.items.iter().map(StoredKey::json).collect();
    Ok(response::json(StatusCode::OK, &page::json(Listing { items, next: listing.next })))
}

/// `POST /keys`
pub(crate) async fn create(call: Call<'_>, administration: &impl Administration) -> Answer {
    call.query.done()?;
    let settings = keys::read(body::json(call.headers, call.body)?).map_err(Problem::invalid_body)?;
    let created = administration.create_key(settings).await.map_err(|refusal| Subject::Keys.problem(refusal))?;
    let mut response =
        response::tagged(response::json(StatusCode::CREATED, &created.json()), created.revision().etag());
    if let Ok(location) = HeaderValue::from_str(&format!("{PREFIX}/keys/{}", created.key.record().id())) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `GET /keys/{id}`
pub(crate) async fn get(call: Call<'_>, administration: &impl Administration, id: &str) -> Answer {
    call.query.done()?;
    let key = existing(administration, id).await?;
    Ok(response::unless_known(call.headers, key.revision().etag(), &key.json()))
}

/// `PATCH /keys/{id}`
pub(crate) async fn patch(call: Call<'_>, administration: &impl Administration, id: &str) -> Answer {
    call.query.done()?;
    let patch = body::merge_patch(call.headers, call.body)?;
    keys::check_patch(&patch).map_err(Problem::invalid_body)?;
    let precondition = Precondition::read(call.headers);
    for _ in 0..PATCH_TRIES {
        let key = existing(administration, id).await?;
        if !precondition.holds(Some(key.revision())) {
            return Err(Subject::Key(id).problem(Refusal::VersionMismatch));
        }
        let mut settings = json!(key.record.settings());
        merge_patch::apply(&mut settings, patch.clone());
        let settings = keys::read(settings).map_err(Problem::does_not_apply)?;
        match administration.put_key(id, settings, &Precondition::unchanged(key.revision())).await {
            Ok(key) => return Ok(response::tagged(response::json(StatusCode::OK, &key.json()), key.revision().etag())),
            Err(Refusal::VersionMismatch) => {}
            Err(refusal) => return Err(Subject::Key(id).problem(refusal)),
        }
    }
    Err(Subject::Key(id).problem(Refusal::too_many_writers()))
}

/// `DELETE /keys/{id}`
pub(crate) async fn delete(call: Call<'_>, administration: &impl Administration, id: &str) -> Answer {
    call.query.done()?;
    let precondition = Precondition::read(call.headers);
    administration.delete_key(id, &precondition).await.map_err(|refusal| Subject::Key(id).problem(refusal))?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

async fn existing(administration: &impl Administration, id: &str) -> Result<StoredKey, Problem> {
    administration.key(id).await.map_err(|refusal| Subject::Key(id).problem(refusal))
}
