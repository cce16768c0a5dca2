use crate::answer::Call;
use crate::mcp_servers::entry;
use crate::protocol::response;
use crate::{Administration, MAX_LIMIT, Page, Problem, Source, Subject};
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};

/// `GET /export`: the operator's servers, declared ones too, without headers and other credentials. Those that agents
/// added for themselves are left out: whoever imports them makes them everybody's. So are declared ones without a URL.
pub(crate) async fn answer(call: Call<'_>, administration: &impl Administration) -> Result<Response<Vec<u8>>, Problem> {
    call.query.done()?;
    let mut servers = Map::new();
    let mut page = Page { limit: MAX_LIMIT, after: None };
    loop {
        let listing = administration.servers(&page).await.map_err(|refusal| Subject::Servers.problem(refusal))?;
        let exported = listing.items.iter().filter(|view| view.source != Source::Agent && !view.url.is_empty());
        let entries = exported.map(|view| (view.alias.clone(), entry::of(view)));
        servers.extend(entries);
        match listing.next {
            // A position that leads nowhere must not lead round and round.
            Some(next) if page.after.as_ref() != Some(&next) => page.after = Some(next),
            _ => break,
        }
    }
    Ok(response::json(StatusCode::OK, &json!({"mcpServers": Value::Object(servers)})))
}
