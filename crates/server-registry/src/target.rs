use crate::{
    fingerprint,
    placeholders::{self, PlaceholderError, SecretValues},
    sensitive,
    store::server_record::{AuthRecord, ClientRecord, OAuthRecord, ServerRecord},
    variable_json::kind,
    vault::{Vault, VaultError},
};
use admin_api::reason_against_header;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use mcp_client::{Deadlines, Server};
use redaction::Redactor;
use serde_json::{Map, Value};
use std::rc::Rc;
use tool_names::alias;
use upstream_address::{AddressError, PrivateUpstreams};
use upstream_oauth::{Algorithm, ClientAuthentication, ClientCredentials, InvalidSigningKey, SigningKey};

/// How to reach a server.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Its alias in the store. That of `server` is what its callers call it.
    pub id: String,
    pub server: Server,
    pub deadlines: Deadlines,
    /// How the gateway gets its access tokens, where it needs some.
    pub oauth: Option<OAuth>,
    pub fingerprint: String,
    /// Whether its requests may lead to the internet only, whatever its name resolves to and others may.
    pub public_only: bool,
}

/// How the gateway signs in with OAuth 2.
#[derive(Debug, Clone)]
pub(crate) struct OAuth {
    pub configuration: upstream_oauth::Configuration,
    /// What access tokens are sealed with.
    pub vault: Rc<Vault>,
}

impl Target {
    /// The same for one that an agent has added, under the name that it has for it.
    pub fn of_agent(mut self, name: &str) -> Self {
        self.server.alias = name.to_string();
        self.public_only = true;
        self
    }

    /// Whether what was made for one serves the other as well.
    pub fn is_like(&self, other: &Self) -> bool {
        let signs_in_alike = match (&self.oauth, &other.oauth) {
            (Some(one), Some(other)) => {
                Rc::ptr_eq(&one.vault, &other.vault) && one.configuration.private == other.configuration.private
            }
            (one, other) => one.is_none() && other.is_none(),
        };
        self.fingerprint == other.fingerprint
            && self.id == other.id
            && self.server.alias == other.server.alias
            && self.public_only == other.public_only
            && self.deadlines == other.deadlines
            && signs_in_alike
    }
}

/// Why an entry of the configuration cannot be used. Each text continues a sentence that begins with the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EntryError {
    #[error(
        "has an alias that cannot be used: it must be 1 to 64 letters, digits, \"_\", \".\" or \"-\", beginning with a letter or a digit"
    )]
    Alias,
    #[error("is configured with {found} instead of an object")]
    NotAnObject { found: &'static str },
    #[error(
        "is a program to start (\"command\"), and the gateway starts none: give the \"url\" of a Streamable HTTP endpoint; a stdio server needs a proxy such as mcp-proxy in front of it"
    )]
    Command,
    #[error(
        "has the type \"sse\", the transport that Streamable HTTP replaced: give the \"url\" of its Streamable HTTP endpoint and the type \"http\""
    )]
    Sse,
    #[error("has the type \"{0}\": \"http\" is the one that works")]
    Type(String),
    #[error("has no \"url\"")]
    NoUrl,
    #[error("has a \"url\" that is no URL")]
    NoUri,
    #[error("has a \"url\" that {0}")]
    Address(#[from] AddressError),
    #[error("has {found} as \"{field}\", where {expected} belongs")]
    Field { field: String, expected: &'static str, found: &'static str },
    #[error("{0}")]
    Placeholder(#[from] PlaceholderError),
    #[error("sets the header \"{name}\", which it must not: {reason}")]
    HeaderForbidden { name: String, reason: &'static str },
    #[error("sets a header whose name or value HTTP does not allow: \"{name}\"")]
    Header { name: String },
    #[error("has a tool policy that cannot be used: {0}")]
    Policy(String),
    #[error("cannot be signed in at: {0}")]
    Vault(#[from] VaultError),
    #[error("has a private key that cannot be used: {0}")]
    SigningKey(#[from] InvalidSigningKey),
}

/// Reads how to reach a server from its entry in `mcpServers`.
pub(crate) fn read(
    alias: &str,
    entry: &Value,
    secrets: &SecretValues,
    private: PrivateUpstreams,
) -> Result<Target, EntryError> {
    if !alias::is_valid(alias) {
        return Err(EntryError::Alias);
    }
    let fields = entry.as_object().ok_or(EntryError::NotAnObject { found: kind(entry) })?;
    check_transport(fields)?;
    let mut used = Vec::new();
    let url = read_url(fields, secrets, &mut used)?;
    upstream_address::check(&url, private)?;
    let headers = read_headers(fields, secrets, &mut used)?;
    used.extend(sensitive::of_url(&url));
    let fingerprint = fingerprint::of_target(&url, &headers, &[]);
    let server = Server { alias: alias.to_string(), url, headers, redactor: Redactor::new(used) };
    let (id, deadlines) = (alias.to_string(), read_deadlines(fields)?);
    Ok(Target { id, server, deadlines, oauth: None, fingerprint, public_only: false })
}

/// How to reach a server that is registered.
pub(crate) fn of_record(
    alias: &str,
    record: &ServerRecord,
    vault: &Rc<Vault>,
    private: PrivateUpstreams,
) -> Result<Target, EntryError> {
    let url: Uri = record.url.parse().map_err(|_| EntryError::NoUri)?;
    upstream_address::check(&url, private)?;
    let mut used = sensitive::of_url(&url);
    let mut headers = HeaderMap::new();
    for (name, sealed) in &record.headers {
        let value = vault.open(alias, &place::of_header(name), sealed)?;
        headers.append(read_header_name(name)?, read_header_value(name, &value)?);
        used.extend(sensitive::of_header(name, &value));
    }
    let mut sign_in = Vec::new();
    let mut oauth = match &record.auth {
        AuthRecord::None => None,
        AuthRecord::Bearer { token } => {
            let token = vault.open(alias, place::TOKEN, token)?;
            headers.insert(header::AUTHORIZATION, read_header_value("authorization", &format!("Bearer {token}"))?);
            used.push(token);
            None
        }
        AuthRecord::OAuth(record) => {
            let (credentials, secret) = client_credentials(alias, record, vault)?;
            let texts = [&record.scope, &record.issuer, &record.token_endpoint];
            sign_in.extend([record.client_id.clone(), secret.clone()]);
            sign_in.extend(texts.into_iter().map(|text| text.clone().unwrap_or_default()));
            used.push(secret);
            let limits = upstream_oauth::Limits::default();
            let (server, redactor) = (url.clone(), Redactor::default());
            let configuration = upstream_oauth::Configuration { credentials, server, private, limits, redactor };
            Some(OAuth { configuration, vault: vault.clone() })
        }
    };
    let sign_in: Vec<&str> = sign_in.iter().map(String::as_str).collect();
    let fingerprint = fingerprint::of_target(&url, &headers, &sign_in);
    let redactor = Redactor::new(used);
    if let Some(oauth) = &mut oauth {
        oauth.configuration.redactor = redactor.clone();
    }
    let server = Server { alias: alias.to_string(), url, headers, redactor };
    let deadlines = Deadlines::for_calls_of(record.timeout_ms.into());
    Ok(Target { id: alias.to_string(), server, deadlines, oauth, fingerprint, public_only: false })
}

/// The credentials, and the secret among them.
fn client_credentials(
    alias: &str,
    record: &OAuthRecord,
    vault: &Vault,
) -> Result<(ClientCredentials, String), EntryError> {
    let (authentication, secret) = match &record.client {
        ClientRecord::Secret { client_secret } => {
            let secret = vault.open(alias, place::CLIENT_SECRET, client_secret)?;
            (ClientAuthentication::ClientSecretBasic { secret: secret.clone() }, secret)
        }
        ClientRecord::PrivateKey { private_key, key_id, algorithm } => {
            let pem = vault.open(alias, place::PRIVATE_KEY, private_key)?;
            let key = signing_key(&pem, algorithm.as_deref())?;
            (ClientAuthentication::PrivateKeyJwt { key, key_id: key_id.clone() }, pem)
        }
    };
    let token_endpoint = record.token_endpoint.as_deref().map(str::parse).transpose().map_err(|_| EntryError::NoUri)?;
    let credentials = ClientCredentials {
        client_id: record.client_id.clone(),
        authentication,
        scope: record.scope.clone(),
        issuer: record.issuer.clone(),
        token_endpoint,
    };
    Ok((credentials, secret))
}

/// A private key; without an algorithm it signs with what its kind allows.
pub(crate) fn signing_key(pem: &str, algorithm: Option<&str>) -> Result<SigningKey, InvalidSigningKey> {
    SigningKey::from_pkcs8_pem(pem, algorithm.and_then(Algorithm::parse))
}

/// Where credentials stand in a server's record; each is sealed for its place.
pub(crate) mod place {
    pub const TOKEN: &str = "/auth/token";
    pub const CLIENT_SECRET: &str = "/auth/clientSecret";
    pub const PRIVATE_KEY: &str = "/auth/privateKey";

    pub fn of_access_token(fingerprint: &str) -> String {
        format!("/accessToken/{fingerprint}")
    }

    pub fn of_header(name: &str) -> String {
        format!("/headers/{name}")
    }
}

fn read_header_name(name: &str) -> Result<HeaderName, EntryError> {
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| EntryError::Header { name: name.to_string() })?;
    match reason_against_header(header.as_str()) {
        Some(reason) => Err(EntryError::HeaderForbidden { name: name.to_string(), reason }),
        None => Ok(header),
    }
}

fn read_header_value(name: &str, value: &str) -> Result<HeaderValue, EntryError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| EntryError::Header { name: name.to_string() })?;
    value.set_sensitive(true);
    Ok(value)
}

fn check_transport(fields: &Map<String, Value>) -> Result<(), EntryError> {
    let transport = optional_text(fields, "type")?;
    match transport {
        Some("sse") => Err(EntryError::Sse),
        Some("stdio") => Err(EntryError::Command),
        None if fields.contains_key("command") => Err(EntryError::Command),
        None | Some("http" | "streamable-http" | "streamableHttp" | "streamable_http") => Ok(()),
        Some(other) => Err(EntryError::Type(other.to_string())),
    }
}

fn read_url(fields: &Map<String, Value>, secrets: &SecretValues, used: &mut Vec<String>) -> Result<Uri, EntryError> {
    let text = optional_text(fields, "url")?.ok_or(EntryError::NoUrl)?;
    let filled = placeholders::fill(text.trim(), secrets)?;
    used.extend(filled.used);
    filled.text.parse().map_err(|_| EntryError::NoUri)
}

fn read_headers(
    fields: &Map<String, Value>,
    secrets: &SecretValues,
    used: &mut Vec<String>,
) -> Result<HeaderMap, EntryError> {
    let mut headers = HeaderMap::new();
    let entries = match fields.get("headers") {
        None | Some(Value::Null) => return Ok(headers),
        Some(Value::Object(entries)) => entries,
        Some(other) => return Err(field("headers", "an object", other)),
    };
    for (name, value) in entries {
        let header = read_header_name(name)?;
        let text = value.as_str().ok_or_else(|| field(&format!("headers.{name}"), "a string", value))?;
        let filled = placeholders::fill(text, secrets)?;
        used.extend(match filled.used.is_empty() {
            true => sensitive::of_header(name, &filled.text),
            false => sensitive::parts(&filled.text),
        });
        used.extend(filled.used);
        headers.append(header, read_header_value(name, &filled.text)?);
    }
    Ok(headers)
}

/// Milliseconds that a call may take: `timeout`, as Claude Code has it, or `timeoutMs`, as the API has it.
fn read_deadlines(fields: &Map<String, Value>) -> Result<Deadlines, EntryError> {
    match fields.get("timeoutMs").or_else(|| fields.get("timeout")) {
        None | Some(Value::Null) => Ok(Deadlines::default()),
        Some(value) => match value.as_u64() {
            Some(call_ms) if call_ms > 0 => Ok(Deadlines::for_calls_of(call_ms)),
            _ => Err(field("timeout", "a number of milliseconds", value)),
        },
    }
}

fn optional_text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, EntryError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(field(name, "a string", other)),
    }
}

fn field(name: &str, expected: &'static str, found: &Value) -> EntryError {
    EntryError::Field { field: name.to_string(), expected, found: kind(found) }
}
