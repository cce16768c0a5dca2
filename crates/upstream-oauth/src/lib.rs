//! OAuth 2 client credentials of the gateway towards upstream MCP servers (RFC 6749, section 4.4).
//!
//! [`Tokens`] gives the access token of one server: it finds the authorization server (`discovery`: RFC 9728, RFC 8414
//! and OpenID Connect Discovery), asks for a token (`token_request`, `token_answer`) for exactly this server (RFC 8707)
//! and keeps it until shortly before it expires. The gateway authenticates with a secret or with an assertion that it
//! signs (`assertion`: RFC 7523; `private_key` reads the keys). No request goes to an address that [`upstream_address`] refuses, no redirect is
//! followed, and no error shows a credential (`quoting`).
//!
//! It does no I/O of its own: HTTP and time are [`mcp_client::Transport`] and [`mcp_client::Clock`].

mod algorithm;
mod assertion;
mod authorization_server;
mod cached_token;
mod challenge;
mod credentials;
mod discovery;
mod environment;
mod error;
mod exchange;
mod limits;
mod metadata;
mod private_key;
mod quoting;
mod resource;
mod signing_key;
mod token_answer;
mod token_request;
mod tokens;
mod well_known;

pub use algorithm::Algorithm;
pub use cached_token::CachedToken;
pub use credentials::{ClientAuthentication, ClientCredentials};
pub use environment::Environment;
pub use error::{Document, Error, Party, Problem};
pub use limits::Limits;
pub use private_key::{InvalidSigningKey, KindOfKey};
pub use signing_key::SigningKey;
pub use tokens::{Configuration, Tokens};
