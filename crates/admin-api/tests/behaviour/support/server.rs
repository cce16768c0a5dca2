use admin_api::{
    AuthInput, AuthView, ClientAuthInput, ClientAuthView, FieldError, Hidden, OAuthInput, OAuthView, Refusal, Secret,
    SecretInput, ServerInput, ServerView, Source,
};
use std::collections::BTreeMap;

/// A server as it is kept; no secret in it is to be kept any more.
#[derive(Debug, Clone)]
pub struct StoredServer {
    pub input: ServerInput,
    pub source: Source,
    pub version: u64,
    pub created_at_ms: u64,
    pub updated_at_ms: u64,
}

impl StoredServer {
    /// What is to be stored when an input comes to what is there.
    pub fn merge(before: Option<&Self>, mut input: ServerInput, now_ms: u64) -> Result<Self, Refusal> {
        let mut missing = Vec::new();
        for (name, secret) in &mut input.headers {
            let stored = before.and_then(|before| before.input.headers.get(name)).cloned();
            keep(secret, stored, &format!("/headers/{name}"), &mut missing);
        }
        let stored = before.and_then(|before| secret_of(&before.input.auth));
        if let Some((name, secret)) = secret_in(&mut input.auth) {
            let stored = stored.filter(|(kept, _)| *kept == name).map(|(_, secret)| secret);
            keep(secret, stored, &format!("/auth/{name}"), &mut missing);
        }
        if !missing.is_empty() {
            return Err(Refusal::MissingSecrets(missing));
        }
        let version = before.map_or(1, |before| before.version + 1);
        let created_at_ms = before.map_or(now_ms, |before| before.created_at_ms);
        Ok(Self { input, source: Source::Api, version, created_at_ms, updated_at_ms: now_ms })
    }

    pub fn has_secrets(&self) -> bool {
        !self.input.headers.is_empty() || secret_of(&self.input.auth).is_some()
    }

    pub fn view(&self, alias: &str) -> ServerView {
        let input = self.input.clone();
        ServerView {
            alias: alias.to_string(),
            title: input.title,
            description: input.description,
            url: input.url,
            headers: input.headers.into_keys().map(|name| (name, Hidden)).collect(),
            auth: shown(input.auth),
            timeout_ms: input.timeout_ms,
            enabled: input.enabled,
            code_mode: input.code_mode,
            learn_types: input.learn_types,
            tools: input.tools,
            source: self.source,
            problem: None,
            version: self.version,
            created_at_ms: Some(self.created_at_ms),
            updated_at_ms: Some(self.updated_at_ms),
        }
    }
}

/// The operator's server.
pub fn declared() -> ServerView {
    ServerView {
        alias: "declared".to_string(),
        title: None,
        description: None,
        url: "https://declared.example.com/mcp".to_string(),
        headers: BTreeMap::new(),
        auth: AuthView::None,
        timeout_ms: 25_000,
        enabled: true,
        code_mode: true,
        learn_types: true,
        tools: tool_policy::Policy::default(),
        source: Source::Variable,
        problem: Some("Server \"declared\" has no \"url\".".to_string()),
        version: 42,
        created_at_ms: None,
        updated_at_ms: None,
    }
}

/// What only the store can say about an input.
pub fn check(input: &ServerInput) -> Result<(), Refusal> {
    if input.url.contains("localhost") {
        return Err(Refusal::AddressRefused(FieldError::at("/url", "It leads to this machine.")));
    }
    if let AuthInput::OAuth2ClientCredentials(OAuthInput {
        client: ClientAuthInput::PrivateKey { private_key, .. },
        ..
    }) = &input.auth
        && matches!(private_key, SecretInput::Set(pem) if pem.reveal().contains("P-521"))
    {
        return Err(Refusal::KeyRefused(FieldError::at("/auth/privateKey", "It is of another curve.")));
    }
    Ok(())
}

fn keep(secret: &mut SecretInput, stored: Option<SecretInput>, pointer: &str, missing: &mut Vec<FieldError>) {
    if *secret == SecretInput::Keep {
        match stored {
            Some(stored) => *secret = stored,
            None => missing.push(FieldError::at(pointer, "None is stored.")),
        }
    }
}

fn secret_of(auth: &AuthInput) -> Option<(&'static str, SecretInput)> {
    let mut auth = auth.clone();
    secret_in(&mut auth).map(|(name, secret)| (name, secret.clone()))
}

fn secret_in(auth: &mut AuthInput) -> Option<(&'static str, &mut SecretInput)> {
    match auth {
        AuthInput::None => None,
        AuthInput::Bearer { token } => Some(("token", token)),
        AuthInput::OAuth2ClientCredentials(OAuthInput { client, .. }) => match client {
            ClientAuthInput::Secret { client_secret } => Some(("clientSecret", client_secret)),
            ClientAuthInput::PrivateKey { private_key, .. } => Some(("privateKey", private_key)),
        },
    }
}

fn shown(auth: AuthInput) -> AuthView {
    match auth {
        AuthInput::None => AuthView::None,
        AuthInput::Bearer { .. } => AuthView::Bearer { token: Hidden },
        AuthInput::OAuth2ClientCredentials(OAuthInput { client_id, client, scope, issuer, token_endpoint }) => {
            let client = match client {
                ClientAuthInput::Secret { .. } => ClientAuthView::Secret { client_secret: Hidden },
                ClientAuthInput::PrivateKey { key_id, algorithm, .. } => {
                    ClientAuthView::PrivateKey { private_key: Hidden, key_id, algorithm }
                }
            };
            AuthView::OAuth2ClientCredentials(OAuthView { client_id, client, scope, issuer, token_endpoint })
        }
    }
}

/// The stored value of a secret.
pub fn revealed(secret: &SecretInput) -> &str {
    match secret {
        SecretInput::Set(secret) => Secret::reveal(secret),
        SecretInput::Keep => panic!("a stored secret is one that is set"),
    }
}
