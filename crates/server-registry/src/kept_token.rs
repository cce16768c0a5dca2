//! `token/<alias>`: the access token of a server that the gateway signs in at with OAuth 2, sealed, so that a fresh
//! instance needs no new one; and the issuer that took the credentials, which no other is to get. While an instance gets
//! another token, `signing-in/<alias>` keeps the others from it: some authorization servers end a client's older token
//! when they give a new one.

use crate::{
    host::Host,
    mark::Mark,
    once::Once,
    records,
    target::{OAuth, Target, place},
    upstream_sign_in::ServerTokens,
    vault::Vault,
};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, rc::Rc, time::Duration};
use upstream_oauth::CachedToken;

/// How often those who do not sign in look for the token of the one that does.
const LOOK_MS: u64 = 50;
/// For how long at most, and for which part of the time that a call has.
const LONGEST_WAIT_MS: u64 = 2_000;
const WAIT_PART: u64 = 10;

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
    wait_ms: u64,
    /// Who gets another token.
    signing_in: Mark<H>,
    known: RefCell<Option<Contents>>,
    restored: Once,
}

impl<H: Host> KeptToken<H> {
    pub fn new(host: &H, target: &Target, oauth: &OAuth, keeping: Keeping) -> Self {
        Self {
            host: host.clone(),
            alias: target.id.clone(),
            fingerprint: target.fingerprint.clone(),
            place: place::of_access_token(&target.fingerprint),
            vault: oauth.vault.clone(),
            keeping,
            wait_ms: (target.deadlines.call_ms / WAIT_PART).min(LONGEST_WAIT_MS),
            signing_in: Mark::new(
                host,
                records::signing_in_key(&target.id),
                format!("who signs in at \"{}\"", target.id),
            ),
            known: RefCell::default(),
            restored: Once::default(),
        }
    }

    /// Takes up what an earlier instance left, once.
    pub async fn restore(&self, tokens: &ServerTokens<H>) {
        self.restored
            .run(&self.host, || async {
                if let Some(contents) = self.load().await {
                    self.take_up(contents, tokens);
                }
            })
            .await;
    }

    /// Takes up what another instance has left meanwhile, where that is good; whether it is.
    pub async fn take_up_other(&self, tokens: &ServerTokens<H>, is_good: impl Fn(&CachedToken) -> bool) -> bool {
        if self.keeping == Keeping::Nothing {
            return false;
        }
        let Some(contents) = self.load().await.filter(|contents| is_good(&contents.token)) else { return false };
        // This instance may have got one while it looked, which is at least as new.
        if !tokens.cached().is_some_and(|held| is_good(&held)) {
            self.take_up(contents, tokens);
        }
        true
    }

    /// Takes up the token that another instance has got meanwhile or gets now; whether there is one. If not, this
    /// instance is to get one, and then to call [`KeptToken::done`].
    pub async fn made_elsewhere(&self, tokens: &ServerTokens<H>, is_good: impl Fn(&CachedToken) -> bool) -> bool {
        if self.keeping == Keeping::Nothing {
            return false;
        }
        let end_ms = self.host.monotonic_ms().saturating_add(self.wait_ms);
        while self.host.monotonic_ms() < end_ms {
            if self.take_up_other(tokens, &is_good).await {
                return true;
            }
            if !self.signing_in.is_taken().await && self.signing_in.take().await {
                // Whoever was first before is done by now, and may have been while this one looked.
                let is_there = self.take_up_other(tokens, &is_good).await;
                if is_there {
                    self.done().await;
                }
                return is_there;
            }
            self.host.sleep(Duration::from_millis(LOOK_MS)).await;
        }
        // It was given up, or takes too long.
        false
    }

    /// Lets others get a token again.
    pub async fn done(&self) {
        if self.keeping == Keeping::Token {
            self.signing_in.remove().await;
        }
    }

    fn take_up(&self, contents: Contents, tokens: &ServerTokens<H>) {
        if let Some(issuer) = &contents.issuer {
            tokens.bind_issuer(issuer.clone());
        }
        if self.keeping == Keeping::Token {
            tokens.restore(contents.token.clone());
            self.known.replace(Some(contents));
        }
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
