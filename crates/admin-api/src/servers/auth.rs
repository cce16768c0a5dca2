//! How the gateway signs in at a server.

use crate::protocol::fields::{self, Errors, Fields, NO_SUCH_MEMBER};
use crate::protocol::text::{PEM, SCOPE, Text, URL, VISIBLE};
use crate::servers::input::Stored;
use crate::{FieldError, Hidden, Secret, SecretInput};
use serde::Serialize;
use serde_json::Value;

/// How to sign in, as a request says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthInput {
    /// Not at all, or by `headers` alone.
    None,
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer {
        /// The token.
        token: SecretInput,
    },
    /// Client credentials of OAuth 2 (RFC 6749, section 4.4).
    OAuth2ClientCredentials(OAuthInput),
}

/// A client of OAuth 2, as a request describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthInput {
    /// `client_id`.
    pub client_id: String,
    /// How the client proves who it is.
    pub client: ClientAuthInput,
    /// `scope`.
    pub scope: Option<String>,
    /// The issuer whose metadata tell the token endpoint (RFC 8414).
    pub issuer: Option<String>,
    /// The token endpoint, when it is not to be discovered.
    pub token_endpoint: Option<String>,
}

/// How a client proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAuthInput {
    /// `client_secret_basic` (RFC 6749, section 2.3.1).
    Secret {
        /// The secret.
        client_secret: SecretInput,
    },
    /// `private_key_jwt` (RFC 7523, section 2.2).
    PrivateKey {
        /// In PEM. Whether it is a key of the algorithm is not checked here.
        private_key: SecretInput,
        /// `kid` of the assertion.
        key_id: Option<String>,
        /// `None`: as the key allows, and the authorization server lists.
        algorithm: Option<SigningAlgorithm>,
    },
}

/// How assertions are signed (RFC 7518, RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum SigningAlgorithm {
    #[serde(rename = "RS256")]
    Rs256,
    #[serde(rename = "PS256")]
    Ps256,
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// How to sign in, in answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum AuthView {
    /// Not at all, or by `headers` alone.
    None,
    /// A bearer token.
    Bearer {
        /// Stored, and not shown.
        token: Hidden,
    },
    /// Client credentials of OAuth 2.
    #[serde(rename = "oauth2ClientCredentials")]
    OAuth2ClientCredentials(OAuthView),
}

/// A client of OAuth 2, in answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OAuthView {
    /// `client_id`.
    pub client_id: String,
    /// How the client proves who it is.
    #[serde(flatten)]
    pub client: ClientAuthView,
    /// `scope`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The token endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
}

/// How a client proves who it is, in answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "method", rename_all_fields = "camelCase")]
pub enum ClientAuthView {
    /// By a secret.
    #[serde(rename = "client_secret_basic")]
    Secret {
        /// Stored, and not shown.
        client_secret: Hidden,
    },
    /// By a signed assertion.
    #[serde(rename = "private_key_jwt")]
    PrivateKey {
        /// Stored, and not shown.
        private_key: Hidden,
        /// `kid` of the assertion.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_id: Option<String>,
        /// How it is signed.
        #[serde(skip_serializing_if = "Option::is_none")]
        algorithm: Option<SigningAlgorithm>,
    },
}

#[derive(Clone, Copy)]
enum Type {
    None,
    Bearer,
    OAuth,
}

const TYPES: [(&str, Type); 3] =
    [("none", Type::None), ("bearer", Type::Bearer), ("oauth2ClientCredentials", Type::OAuth)];

#[derive(Clone, Copy)]
enum Method {
    Secret,
    PrivateKey,
}

const METHODS: [(&str, Method); 2] = [("client_secret_basic", Method::Secret), ("private_key_jwt", Method::PrivateKey)];

const ALGORITHMS: [(&str, SigningAlgorithm); 4] = [
    ("RS256", SigningAlgorithm::Rs256),
    ("PS256", SigningAlgorithm::Ps256),
    ("ES256", SigningAlgorithm::Es256),
    ("EdDSA", SigningAlgorithm::EdDsa),
];

const OF_ANOTHER_AUTH: &str =
    "An \"auth\" of this \"type\" and \"method\" has no such member: leave it out, or choose another.";

/// Members by which a client of OAuth 2 proves who it is; each method has its own.
const PROOFS: [&str; 4] = ["clientSecret", "privateKey", "keyId", "algorithm"];

/// An identifier, where a whole token would be too long.
const IDENTIFIER: Text = Text {
    most: 256,
    fits: VISIBLE.fits,
    expected: "It must be 1 to 256 visible characters of ASCII, without spaces.",
};

impl AuthInput {
    /// Reads `auth`. Members of another type or method are unknown.
    pub(crate) fn read(fields: &mut Fields, stored: Stored, errors: &mut Errors) -> Option<Self> {
        let pointer = fields.pointer_to("auth");
        let mut auth = Fields::of(fields.take("auth")?, pointer, errors)?;
        let types = fields::one_of(&TYPES);
        let chosen = auth.required("type", &types, errors, |auth, errors| auth.choice("type", &TYPES, errors))?;
        let read = match chosen {
            Type::None => Some(Self::None),
            Type::Bearer => secret(&mut auth, "token", VISIBLE, stored, errors).map(|token| Self::Bearer { token }),
            Type::OAuth => OAuthInput::read(&mut auth, stored, errors).map(Self::OAuth2ClientCredentials),
        };
        auth.done(|_| OF_ANOTHER_AUTH, errors);
        read
    }

    /// Checks the members of `auth` in a merge patch, each by itself. Whether they fit together is seen in what they
    /// make of a server.
    pub(crate) fn check_patch(fields: &mut Fields, errors: &mut Errors) {
        let pointer = fields.pointer_to("auth");
        let Some(mut auth) = fields.take("auth").and_then(|auth| Fields::of(auth, pointer, errors)) else { return };
        if auth.is_null("type") {
            errors.push(FieldError::at(auth.pointer_to("type"), "It is required and cannot be removed."));
        }
        auth.choice("type", &TYPES, errors);
        auth.choice("method", &METHODS, errors);
        auth.choice("algorithm", &ALGORITHMS, errors);
        let texts = [
            ("token", VISIBLE),
            ("clientId", IDENTIFIER),
            ("clientSecret", VISIBLE),
            ("privateKey", PEM),
            ("keyId", IDENTIFIER),
            ("scope", SCOPE),
            ("issuer", URL),
            ("tokenEndpoint", URL),
        ];
        for (name, form) in texts {
            auth.text(name, form, errors);
        }
        auth.done(|_| NO_SUCH_MEMBER, errors);
    }

    /// Takes out of a stored `auth` what means nothing to the type and the method that a merge patch chooses.
    pub(crate) fn make_room(stored: &mut Value, patch: &Value) {
        let Some(members) = stored.as_object_mut() else { return };
        let is_other = |name: &str| {
            patch.get(name).filter(|chosen| !chosen.is_null()).is_some_and(|chosen| members.get(name) != Some(chosen))
        };
        if is_other("type") {
            members.clear();
        } else if is_other("method") {
            members.retain(|name, _| !PROOFS.contains(&name.as_str()));
        }
    }
}

impl OAuthInput {
    fn read(auth: &mut Fields, stored: Stored, errors: &mut Errors) -> Option<Self> {
        let client_id = auth.required("clientId", IDENTIFIER.expected, errors, |auth, errors| {
            auth.text("clientId", IDENTIFIER, errors)
        });
        let methods = fields::one_of(&METHODS);
        let method = auth.required("method", &methods, errors, |auth, errors| auth.choice("method", &METHODS, errors));
        let scope = auth.text("scope", SCOPE, errors);
        let issuer = auth.text("issuer", URL, errors);
        let token_endpoint = auth.text("tokenEndpoint", URL, errors);
        let Some(method) = method else {
            // Which of these belong there is not known.
            PROOFS.iter().for_each(|name| drop(auth.take(name)));
            return None;
        };
        let client = ClientAuthInput::read(auth, method, stored, errors)?;
        Some(Self { client_id: client_id?, client, scope, issuer, token_endpoint })
    }
}

impl ClientAuthInput {
    fn read(auth: &mut Fields, method: Method, stored: Stored, errors: &mut Errors) -> Option<Self> {
        match method {
            Method::Secret => secret(auth, "clientSecret", VISIBLE, stored, errors)
                .map(|client_secret| Self::Secret { client_secret }),
            Method::PrivateKey => {
                let private_key = secret(auth, "privateKey", PEM, stored, errors);
                let key_id = auth.text("keyId", IDENTIFIER, errors);
                let algorithm = auth.choice("algorithm", &ALGORITHMS, errors);
                Some(Self::PrivateKey { private_key: private_key?, key_id, algorithm })
            }
        }
    }
}

/// A secret: its value, or `null` or nothing where one may be stored.
fn secret(fields: &mut Fields, name: &str, form: Text, stored: Stored, errors: &mut Errors) -> Option<SecretInput> {
    if fields.has(name) {
        return fields.secret(name, form, errors).map(|secret: Secret| SecretInput::Set(secret));
    }
    fields.take(name);
    if stored == Stored::Nothing {
        let detail = "Nothing is stored that could be kept: give the value.";
        errors.push(FieldError::at(fields.pointer_to(name), detail));
        return None;
    }
    Some(SecretInput::Keep)
}
