use crate::FieldError;
use crate::SecretInput;
use crate::protocol::fields::{Errors, Fields, NO_SUCH_MEMBER};
use crate::protocol::text::{LINE, PROSE, URL};
use crate::servers::auth::AuthInput;
use crate::servers::{headers, policy};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use tool_policy::Policy;

/// Milliseconds that a call may take, when nothing else is said.
pub(crate) const DEFAULT_TIMEOUT_MS: u64 = 25_000;

/// Milliseconds that a call may be given.
pub(crate) const TIMEOUT_MS: RangeInclusive<u64> = 100..=120_000;

/// Members of an answer that no request changes.
pub(crate) const READ_ONLY: [&str; 6] = ["alias", "source", "problem", "version", "createdAt", "updatedAt"];

const UNCHANGED: &str = "It cannot be changed: leave it out.";

/// A server as a request describes it: whole, with what was left out filled in.
///
/// Shapes, lengths and characters are checked, and that no header is one that the gateway sets itself. Where URLs may
/// lead, and whether a private key can be used is for [`crate::Administration`] to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInput {
    /// Title for people, 200 characters at the most.
    pub title: Option<String>,
    /// What it is for, 4096 characters at the most.
    pub description: Option<String>,
    /// Its Streamable HTTP endpoint: `http` or `https`, without user name, password and fragment.
    pub url: String,
    /// Headers of every request to it, by name in lower case. Others that are stored are removed.
    pub headers: BTreeMap<String, SecretInput>,
    /// How the gateway signs in there. Its secrets can only be kept from the same kind of sign-in.
    pub auth: AuthInput,
    /// Milliseconds that a call may take, 100 to 120000.
    pub timeout_ms: u32,
    /// Whether it is there at all for agents.
    pub enabled: bool,
    /// Whether scripts may use it.
    pub code_mode: bool,
    /// Whether types are learned of what its tools return.
    pub learn_types: bool,
    /// Which of its tools may be used.
    pub tools: Policy,
}

/// Whether secrets may be left to what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Nothing is stored yet.
    Nothing,
    /// `null` keeps what is stored.
    Perhaps,
    /// `null` removes it, as in a merge patch.
    Patched,
}

impl ServerInput {
    /// Reads the members of a whole server.
    pub(crate) fn read(mut fields: Fields, stored: Stored) -> Result<Self, Errors> {
        let mut errors = Vec::new();
        // What was read can be sent back as it is.
        fields.ignore(&READ_ONLY, &mut errors);
        let url = fields.required("url", URL.expected, &mut errors, |fields, errors| fields.text("url", URL, errors));
        let members = Members::read(&mut fields, stored, &mut errors);
        fields.done(|_| NO_SUCH_MEMBER, &mut errors);
        match url {
            Some(url) if errors.is_empty() => Ok(members.completed(url)),
            _ => Err(errors),
        }
    }

    /// Checks a merge patch by itself: whether it could apply to some server.
    pub(crate) fn check_patch(patch: &Value) -> Result<(), Errors> {
        let mut errors = Vec::new();
        if patch.get("url").is_some_and(Value::is_null) {
            errors.push(FieldError::at("/url", "It is required and cannot be removed."));
        }
        if let Some(mut fields) = Fields::of(policy::without_removals(patch), "", &mut errors) {
            fields.text("url", URL, &mut errors);
            AuthInput::check_patch(&mut fields, &mut errors);
            Members::read(&mut fields, Stored::Patched, &mut errors);
            // In a view that is sent back as a patch, `null` would remove every header.
            let detail = |name: &str| if READ_ONLY.contains(&name) { UNCHANGED } else { NO_SUCH_MEMBER };
            fields.done(detail, &mut errors);
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Everything that may be left out.
struct Members {
    title: Option<String>,
    description: Option<String>,
    headers: BTreeMap<String, SecretInput>,
    auth: Option<AuthInput>,
    timeout_ms: Option<u64>,
    enabled: Option<bool>,
    code_mode: Option<bool>,
    learn_types: Option<bool>,
    tools: Option<Policy>,
}

impl Members {
    fn read(fields: &mut Fields, stored: Stored, errors: &mut Errors) -> Self {
        Self {
            title: fields.text("title", LINE, errors),
            description: fields.text("description", PROSE, errors),
            headers: headers::read(fields, stored, errors),
            auth: AuthInput::read(fields, stored, errors),
            timeout_ms: fields.whole("timeoutMs", TIMEOUT_MS, errors),
            enabled: fields.flag("enabled", errors),
            code_mode: fields.flag("codeMode", errors),
            learn_types: fields.flag("learnTypes", errors),
            tools: policy::read(fields, "tools", errors),
        }
    }

    fn completed(self, url: String) -> ServerInput {
        let timeout_ms = self.timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS);
        ServerInput {
            title: self.title,
            description: self.description,
            url,
            headers: self.headers,
            auth: self.auth.unwrap_or(AuthInput::None),
            timeout_ms: u32::try_from(timeout_ms).unwrap_or(u32::MAX),
            enabled: self.enabled.unwrap_or(true),
            code_mode: self.code_mode.unwrap_or(true),
            learn_types: self.learn_types.unwrap_or(true),
            tools: self.tools.unwrap_or_default(),
        }
    }
}
