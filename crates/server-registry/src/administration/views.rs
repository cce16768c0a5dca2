//! Servers as the API shows them: without credentials.

use crate::{
    sensitive, server_entry,
    store::{
        index::Listed,
        server_record::{AuthRecord, ClientRecord, ServerRecord},
    },
};
use admin_api::{AuthView, ClientAuthView, Hidden, OAuthView, ServerView, SigningAlgorithm, Source};
use http::Uri;
use mcp_client::Deadlines;
use serde_json::{Map, Value};
use upstream_oauth::Algorithm;

/// A server that is registered; `problem` says why it cannot be used.
pub(super) fn of_registered(
    alias: &str,
    listed: &Listed,
    record: &ServerRecord,
    problem: Option<String>,
) -> ServerView {
    ServerView {
        alias: alias.to_string(),
        title: listed.title.clone(),
        description: listed.description.clone(),
        url: record.url.clone(),
        headers: record.headers.keys().map(|name| (name.clone(), Hidden)).collect(),
        auth: auth(&record.auth),
        timeout_ms: record.timeout_ms,
        enabled: listed.enabled,
        code_mode: listed.code_mode,
        learn_types: listed.learn_types,
        tools: record.tools.clone(),
        source: listed.source(),
        problem,
        version: listed.version,
        created_at_ms: Some(listed.created_at_ms),
        updated_at_ms: Some(listed.updated_at_ms),
    }
}

/// A server of the variable `servers`, as it is written there: placeholders stay, and what could be a credential is
/// left out. `problem` says why it cannot be used.
pub(super) fn of_declared(alias: &str, entry: &Value, problem: Option<String>) -> ServerView {
    let text = |name: &str| entry[name].as_str().filter(|text| !text.is_empty()).map(str::to_string);
    let timeout_ms = entry.get("timeoutMs").or_else(|| entry.get("timeout")).and_then(Value::as_u64);
    let deadlines = timeout_ms.filter(|ms| *ms > 0).map_or_else(Deadlines::default, Deadlines::for_calls_of);
    let headers = entry["headers"].as_object().into_iter().flat_map(Map::keys);
    ServerView {
        alias: alias.to_string(),
        title: text("title"),
        description: text("description"),
        url: without_credentials(entry["url"].as_str().unwrap_or_default()),
        headers: headers.map(|name| (name.to_ascii_lowercase(), Hidden)).collect(),
        auth: AuthView::None,
        timeout_ms: u32::try_from(deadlines.call_ms).unwrap_or(u32::MAX),
        enabled: !server_entry::is_off(entry),
        code_mode: entry["codeMode"].as_bool() != Some(false),
        learn_types: entry["learnTypes"].as_bool() != Some(false),
        tools: server_entry::policy_of(entry)
            .and_then(|policy| serde_json::from_value(policy.clone()).ok())
            .unwrap_or_default(),
        source: Source::Variable,
        problem,
        version: crate::fingerprint::number_of(&entry.to_string()),
        created_at_ms: None,
        updated_at_ms: None,
    }
}

fn without_credentials(url: &str) -> String {
    let Ok(uri) = url.parse::<Uri>() else {
        // With placeholders it may be none: then neither a query nor what is before the host.
        let plain = url.split('?').next().unwrap_or_default();
        return match plain.split_once("://") {
            Some((scheme, rest)) => format!("{scheme}://{}", rest.rsplit_once('@').map_or(rest, |(_, rest)| rest)),
            None => plain.to_string(),
        };
    };
    sensitive::of_url(&uri)
        .iter()
        .filter(|value| !value.is_empty())
        .fold(url.to_string(), |url, value| url.replace(value, "..."))
}

fn auth(auth: &AuthRecord) -> AuthView {
    match auth {
        AuthRecord::None => AuthView::None,
        AuthRecord::Bearer { .. } => AuthView::Bearer { token: Hidden },
        AuthRecord::OAuth(oauth) => AuthView::OAuth2ClientCredentials(OAuthView {
            client_id: oauth.client_id.clone(),
            client: client(&oauth.client),
            scope: oauth.scope.clone(),
            issuer: oauth.issuer.clone(),
            token_endpoint: oauth.token_endpoint.clone(),
        }),
    }
}

fn client(client: &ClientRecord) -> ClientAuthView {
    match client {
        ClientRecord::Secret { .. } => ClientAuthView::Secret { client_secret: Hidden },
        ClientRecord::PrivateKey { key_id, algorithm, .. } => ClientAuthView::PrivateKey {
            private_key: Hidden,
            key_id: key_id.clone(),
            algorithm: algorithm.as_deref().and_then(Algorithm::parse).map(|algorithm| match algorithm {
                Algorithm::Rs256 => SigningAlgorithm::Rs256,
                Algorithm::Ps256 => SigningAlgorithm::Ps256,
                Algorithm::Es256 => SigningAlgorithm::Es256,
                Algorithm::EdDsa => SigningAlgorithm::EdDsa,
            }),
        },
    }
}
