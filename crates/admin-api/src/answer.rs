use crate::protocol::{accept, query::Query, route::Route};
use crate::{Administration, Problem, ProblemKind, counters, document, keys, mcp_servers, servers};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header, request::Parts};

/// Answers a request to the admin API. The caller has signed in, and may manage the gateway.
///
/// Every error is an answer: `application/problem+json` (RFC 9457). The path is the whole one, with [`crate::PREFIX`].
pub async fn answer(request: Request<Bytes>, administration: &impl Administration) -> Response<Vec<u8>> {
    let (mut parts, body) = request.into_parts();
    let is_head = parts.method == Method::HEAD;
    let mut response = match dispatch(&mut parts, &body, administration).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    };
    if is_head {
        response.body_mut().clear();
    }
    response
}

async fn dispatch(
    parts: &mut Parts,
    body: &Bytes,
    administration: &impl Administration,
) -> Result<Response<Vec<u8>>, Problem> {
    let path = parts.uri.path();
    let route = Route::of(path).ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "There is nothing at this path. /api/v1/openapi.json describes what there is.",
        )
    })?;
    check_method(&route, &parts.method)?;
    accept::check(&parts.headers)?;
    if parts.method == Method::HEAD {
        parts.method = Method::GET;
    }
    let call = Call { headers: &parts.headers, query: Query::read(parts.uri.query()), body };
    match (&route, &parts.method) {
        (Route::Servers, &Method::GET) => servers::endpoints::list(call, administration).await,
        (Route::Servers, _) => servers::endpoints::create(call, administration).await,
        (Route::Server(alias), &Method::GET) => servers::endpoints::get(call, administration, alias).await,
        (Route::Server(alias), &Method::PUT) => servers::endpoints::put(call, administration, alias).await,
        (Route::Server(alias), &Method::PATCH) => servers::endpoints::patch(call, administration, alias).await,
        (Route::Server(alias), _) => servers::endpoints::delete(call, administration, alias).await,
        (Route::ServerTest(alias), _) => servers::endpoints::test(call, administration, alias).await,
        (Route::ServerRefresh(alias), _) => servers::endpoints::refresh(call, administration, alias).await,
        (Route::ServerLearned(alias), _) => servers::endpoints::forget_learned(call, administration, alias).await,
        (Route::ServerTools(alias), _) => servers::endpoints::tools(call, administration, alias).await,
        (Route::ServerHealth(alias), _) => servers::endpoints::health_of(call, administration, alias).await,
        (Route::Health, _) => servers::endpoints::health(call, administration).await,
        (Route::Import, _) => mcp_servers::import::answer(call, administration).await,
        (Route::Export, _) => mcp_servers::export::answer(call, administration).await,
        (Route::Keys, &Method::GET) => keys::endpoints::list(call, administration).await,
        (Route::Keys, _) => keys::endpoints::create(call, administration).await,
        (Route::Key(id), &Method::GET) => keys::endpoints::get(call, administration, id).await,
        (Route::Key(id), &Method::PATCH) => keys::endpoints::patch(call, administration, id).await,
        (Route::Key(id), _) => keys::endpoints::delete(call, administration, id).await,
        (Route::Usage, _) => counters::answer(call, administration).await,
        (Route::Document, _) => document::answer(call.headers, call.query),
    }
}

/// What an endpoint gets of a request.
pub(crate) struct Call<'a> {
    pub headers: &'a HeaderMap,
    pub query: Query,
    pub body: &'a Bytes,
}

fn check_method(route: &Route, method: &Method) -> Result<(), Problem> {
    if route.allows(method) {
        return Ok(());
    }
    let methods = route.methods();
    let detail = format!("This resource has {methods}, not {}.", shown(method));
    let allow = HeaderValue::from_static(methods);
    Err(Problem::new(ProblemKind::MethodNotAllowed, detail).with_header(header::ALLOW, allow))
}

/// A method can be any token of any length.
fn shown(method: &Method) -> &str {
    method.as_str().get(..32).unwrap_or(method.as_str())
}
