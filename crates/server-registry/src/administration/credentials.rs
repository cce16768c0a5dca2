//! What a request says of a server's connection, as it is stored: checked, and its secrets sealed.

use crate::{
    host::Host,
    sensitive,
    store::server_record::{AuthRecord, ClientRecord, OAuthRecord, ServerRecord},
    target::{place, signing_key},
    vault::{Sealed, Vault, VaultError},
};
use admin_api::{
    AuthInput, ClientAuthInput, FieldError, OAuthInput, Refusal, SecretInput, ServerInput, SigningAlgorithm,
};
use http::Uri;
use std::collections::BTreeMap;
use upstream_address::PrivateUpstreams;

/// Said of a secret that is to stay where it could reach somebody else.
const OTHER_HOST: &str = "The URL leads to another host, and the stored secret is not sent there: give its value.";
const IN_QUERY: &str = "Its query holds a credential. Send that in a header; or declare the server in the variable \"servers\", where ${NAME} stands for a value of \"secrets\".";
const NOT_STORED: &str = "Nothing is stored that could be kept: give the value.";
const NOT_OPENED: &str = "The stored secret cannot be opened any more: give its value.";

/// What secrets are sealed with, and what is stored already.
pub(super) struct Sealer<'a, H> {
    pub host: &'a H,
    pub vault: &'a Vault,
    pub private: PrivateUpstreams,
    pub alias: &'a str,
    pub stored: Option<&'a ServerRecord>,
}

/// What is wrong with a request, as far as it was read.
#[derive(Default)]
struct Faults {
    invalid: Vec<FieldError>,
    missing: Vec<FieldError>,
    /// Why nothing can be sealed.
    unsealed: Option<Refusal>,
}

impl<H: Host> Sealer<'_, H> {
    /// The record of a server as a request describes it.
    pub fn seal(&self, input: &ServerInput) -> Result<ServerRecord, Refusal> {
        let mut faults = Faults::default();
        let url = self.check_url("/url", &input.url)?;
        let keeps = self.stored.is_some_and(|stored| same_origin(&stored.url, &input.url));
        let headers = self.headers(input, keeps, &mut faults);
        let auth = self.auth(&input.auth, keeps, &mut faults)?;
        if input.auth != AuthInput::None && headers.contains_key("authorization") {
            let detail = "The gateway sets this header itself when it signs in by \"auth\".";
            faults.invalid.push(FieldError::at("/headers/authorization", detail));
        }
        match faults {
            Faults { invalid, .. } if !invalid.is_empty() => Err(Refusal::Invalid(invalid)),
            Faults { missing, .. } if !missing.is_empty() => Err(Refusal::MissingSecrets(missing)),
            Faults { unsealed: Some(refusal), .. } => Err(refusal),
            Faults { .. } => {
                let (timeout_ms, tools) = (input.timeout_ms, input.tools.clone());
                Ok(ServerRecord {
                    url: url.to_string(),
                    headers,
                    auth: auth.unwrap_or(AuthRecord::None),
                    timeout_ms,
                    tools,
                })
            }
        }
    }

    /// A URL that the gateway may connect to.
    fn check_url(&self, pointer: &str, text: &str) -> Result<Uri, Refusal> {
        let refused = |detail: String| Refusal::AddressRefused(FieldError::at(pointer, detail));
        let url: Uri = text.parse().map_err(|_| refused("It is no URL that can be used.".to_string()))?;
        upstream_address::check(&url, self.private).map_err(|error| refused(format!("It {error}.")))?;
        // URLs are shown, and stored as they are.
        match sensitive::of_url(&url).iter().all(String::is_empty) {
            true => Ok(url),
            false => Err(refused(IN_QUERY.to_string())),
        }
    }

    fn headers(&self, input: &ServerInput, keeps: bool, faults: &mut Faults) -> BTreeMap<String, Sealed> {
        let mut headers = BTreeMap::new();
        for (name, value) in &input.headers {
            let pointer = place::of_header(name);
            let stored = self.stored.and_then(|stored| stored.headers.get(name));
            if let Some(sealed) = self.secret(value, &pointer, stored, keeps, faults) {
                headers.insert(name.clone(), sealed);
            }
        }
        headers
    }

    fn auth(&self, input: &AuthInput, keeps: bool, faults: &mut Faults) -> Result<Option<AuthRecord>, Refusal> {
        let stored = self.stored.map(|stored| &stored.auth);
        Ok(match input {
            AuthInput::None => Some(AuthRecord::None),
            AuthInput::Bearer { token } => {
                let stored = match stored {
                    Some(AuthRecord::Bearer { token }) => Some(token),
                    _ => None,
                };
                self.secret(token, place::TOKEN, stored, keeps, faults).map(|token| AuthRecord::Bearer { token })
            }
            AuthInput::OAuth2ClientCredentials(input) => self.oauth(input, keeps, faults)?.map(AuthRecord::OAuth),
        })
    }

    fn oauth(&self, input: &OAuthInput, keeps: bool, faults: &mut Faults) -> Result<Option<OAuthRecord>, Refusal> {
        let stored = match self.stored.map(|stored| &stored.auth) {
            Some(AuthRecord::OAuth(stored)) => Some(stored),
            _ => None,
        };
        for (pointer, url) in [("/auth/issuer", &input.issuer), ("/auth/tokenEndpoint", &input.token_endpoint)] {
            if let Some(url) = url {
                self.check_url(pointer, url)?;
            }
        }
        // Whoever is asked for tokens gets the secret, so it stays with the same ones only.
        let keeps = keeps
            && stored
                .is_some_and(|stored| stored.issuer == input.issuer && stored.token_endpoint == input.token_endpoint);
        let client = match &input.client {
            ClientAuthInput::Secret { client_secret } => {
                let stored = stored.and_then(|stored| match &stored.client {
                    ClientRecord::Secret { client_secret } => Some(client_secret),
                    ClientRecord::PrivateKey { .. } => None,
                });
                let sealed = self.secret(client_secret, place::CLIENT_SECRET, stored, keeps, faults);
                sealed.map(|client_secret| ClientRecord::Secret { client_secret })
            }
            ClientAuthInput::PrivateKey { private_key, key_id, algorithm } => {
                let algorithm = algorithm.map(algorithm_name);
                if let SecretInput::Set(pem) = private_key
                    && let Err(error) = signing_key(pem.reveal(), algorithm).and_then(|key| key.check())
                {
                    let detail = format!("It cannot be used: {error}.");
                    return Err(Refusal::KeyRefused(FieldError::at(place::PRIVATE_KEY, detail)));
                }
                let stored = stored.and_then(|stored| match &stored.client {
                    ClientRecord::PrivateKey { private_key, .. } => Some(private_key),
                    ClientRecord::Secret { .. } => None,
                });
                let sealed = self.secret(private_key, place::PRIVATE_KEY, stored, keeps, faults);
                sealed.map(|private_key| ClientRecord::PrivateKey {
                    private_key,
                    key_id: key_id.clone(),
                    algorithm: algorithm.map(str::to_string),
                })
            }
        };
        Ok(client.map(|client| OAuthRecord {
            client_id: input.client_id.clone(),
            client,
            scope: input.scope.clone(),
            issuer: input.issuer.clone(),
            token_endpoint: input.token_endpoint.clone(),
        }))
    }

    /// A secret as it is stored: a new one sealed, a stored one under the newest key.
    fn secret(
        &self,
        input: &SecretInput,
        place: &str,
        stored: Option<&Sealed>,
        keeps: bool,
        faults: &mut Faults,
    ) -> Option<Sealed> {
        let seal = |secret: &str| self.vault.seal(self.host, self.alias, place, secret);
        let mut missing = |detail: &str| {
            faults.missing.push(FieldError::at(place, detail));
            None
        };
        let sealed = match (input, stored) {
            (SecretInput::Set(secret), _) => seal(secret.reveal()),
            (SecretInput::Keep, Some(sealed)) if keeps && self.vault.is_current(sealed) => Ok(sealed.clone()),
            (SecretInput::Keep, Some(sealed)) if keeps => {
                self.vault.open(self.alias, place, sealed).and_then(|secret| seal(&secret))
            }
            (SecretInput::Keep, Some(_)) => return missing(OTHER_HOST),
            (SecretInput::Keep, None) => return missing(NOT_STORED),
        };
        match sealed {
            Ok(sealed) => return Some(sealed),
            Err(VaultError::NotOpened { .. }) => return missing(NOT_OPENED),
            Err(VaultError::NoKey) => faults.unsealed = Some(Refusal::NoEncryptionKey),
            Err(VaultError::InvalidKey(error)) => {
                faults.unsealed = Some(Refusal::InvalidEncryptionKey { reason: error.to_string() });
            }
        }
        None
    }
}

fn algorithm_name(algorithm: SigningAlgorithm) -> &'static str {
    match algorithm {
        SigningAlgorithm::Rs256 => "RS256",
        SigningAlgorithm::Ps256 => "PS256",
        SigningAlgorithm::Es256 => "ES256",
        SigningAlgorithm::EdDsa => "EdDSA",
    }
}

fn same_origin(one: &str, other: &str) -> bool {
    let origin = |text: &str| {
        let url: Uri = text.parse().ok()?;
        let host = url.host()?.to_ascii_lowercase();
        Some((url.scheme_str()?.to_string(), host, url.port_u16()))
    };
    origin(one).is_some_and(|one| Some(one) == origin(other))
}
