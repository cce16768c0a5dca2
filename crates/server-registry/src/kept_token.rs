//! `token/<alias>`: the access token of a server that the gateway signs in at with OAuth 2, sealed, so that a fresh
//! instance needs no new one; and the issuer that took the credentials, which no other is to get.

use crate::{
    host::Host,
    once::Once,
    records,
    target::{OAuth, Target, place},
    upstream_sign_in::ServerTokens,
    vault::Vault,
};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, rc::Rc};
use upstream_oauth::CachedToken;

/// What is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Contents {
    token: CachedToken,
    issuer: Option<String>,
}

/// What an instance does with what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Takes it up, and keeps what is newer.
    Token,
    /// Signs in as if for the first time and keeps nothing, but is bound to the issuer all the same.
    Nothing,
}

/// The record of one server.
pub(crate) struct KeptToken<H> {
    host: H,
    alias: String,
    fingerprint: String,
    /// Each is sealed for one way to reach the server, so that it cannot be put back for another.
    place: String,
    vault: Rc<Vault>,
    keeping: Keeping,
    known: RefCell<Option<Contents>>,
    restored: Once,
}

impl<H: Host> KeptToken<H> {
    pub fn new(host: &H, target: &Target, oauth: &OAuth, keeping: Keeping) -> Self {
        Self {
            host: host.clone(),
            alias: target.server.alias.clone(),
            fingerprint: target.fingerprint.clone(),
            place: place::of_access_token(&target.fingerprint),
            vault: oauth.vault.clone(),
            keeping,
            known: RefCell::default(),
            restored: Once::default(),
        }
    }

    /// Takes up what an earlier instance left, once.
    pub async fn restore(&self, tokens: &ServerTokens<H>) {
        self.restored
            .run(&self.host, || async {
                if let Some(contents) = self.load().await {
                    if let Some(issuer) = &contents.issuer {
                        tokens.bind_issuer(issuer.clone());
                    }
                    if self.keeping == Keeping::Token {
                        tokens.restore(contents.token.clone());
                        self.known.replace(Some(contents));
                    }
                }
            })
            .await;
    }

    /// Leaves a new token for other instances, where there is a key to seal it with.
    pub async fn save(&self, tokens: &ServerTokens<H>) {
        let Some(token) = tokens.cached().filter(|_| self.keeping == Keeping::Token) else { return };
        let contents = Contents { token, issuer: tokens.issuer() };
        if self.known.borrow().as_ref() == Some(&contents) {
            return;
        }
        let Ok(text) = serde_json::to_string(&contents) else { return };
        let Ok(sealed) = self.vault.seal(&self.host, &self.alias, &self.place, &text) else { return };
        if let Some(record) = records::write_token(&self.fingerprint, &sealed) {
            records::save(&self.host, &records::token_key(&self.alias), record).await;
        }
        // Only now: whoever saves may be given up meanwhile.
        self.known.replace(Some(contents));
    }

    /// What cannot be opened is as good as nothing: a token can be had again.
    async fn load(&self) -> Option<Contents> {
        let record = records::load(&self.host, &records::token_key(&self.alias)).await?;
        let sealed = records::read_token(&self.fingerprint, &record)?;
        let text = self.vault.open(&self.alias, &self.place, &sealed).ok()?;
        serde_json::from_str(&text).ok()
    }
}
