//! Session ids of servers, sealed for their callers (MCP 2025-11-25, "Security Best Practices: Session Hijacking").
//!
//! A caller gets the id encrypted and bound to server and caller. Nothing is stored: any instance can open it. The
//! key is `encryption_key`, or one that the registry makes and keeps in the key-value store.

use super::{header_value, ids::CallerIds, no_key};
use crate::{
    failure::Failure,
    host::{Host, StoreError},
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderValue;
use sealed_secrets::{Keys, Purpose};
use std::{cell::OnceCell, rc::Rc};

/// Where the registry's own key is kept.
const KEY: &str = "session-key";

/// What a session was begun with.
pub(super) enum Session {
    /// The server, which gave it this id.
    OfServer(HeaderValue),
    /// The gateway, which translates for a server without sessions.
    Translated,
}

/// The sessions of one caller with one server.
pub(super) struct Sessions<'a, H> {
    host: &'a H,
    alias: &'a str,
    caller: &'a str,
    /// Once they were needed.
    keys: OnceCell<Keys>,
}

impl<'a, H: Host> Sessions<'a, H> {
    pub fn open(host: &'a H, alias: &'a str, caller: &'a str) -> Self {
        Self { host, alias, caller, keys: OnceCell::new() }
    }

    /// The ids of this caller at this server.
    pub async fn ids(&self) -> Result<Rc<CallerIds>, Failure> {
        Ok(Rc::new(CallerIds::new(self.keys().await?, self.alias, self.caller)))
    }

    /// The id as the caller sees it.
    pub async fn seal(&self, session: &HeaderValue) -> Result<HeaderValue, Failure> {
        self.seal_as("session", session.as_bytes()).await
    }

    /// The id of a session that is the gateway's own.
    pub async fn seal_translated(&self) -> Result<HeaderValue, Failure> {
        self.seal_as("translated session", b"").await
    }

    async fn seal_as(&self, kind: &str, content: &[u8]) -> Result<HeaderValue, Failure> {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.host.random().to_be_bytes());
        nonce[8..].copy_from_slice(&self.host.random().to_be_bytes()[..4]);
        let sealed = self.keys().await?.seal(content, Purpose(&self.purpose(kind)), nonce);
        Ok(header_value(URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// The session behind an id; `None` when it is not one of this caller with this server.
    pub async fn unseal(&self, sealed: &HeaderValue) -> Result<Option<Session>, Failure> {
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(sealed.as_bytes()) else { return Ok(None) };
        let keys = self.keys().await?;
        if let Ok(id) = keys.open(&sealed, Purpose(&self.purpose("session"))) {
            return Ok(HeaderValue::from_bytes(&id).ok().map(Session::OfServer));
        }
        Ok(keys.open(&sealed, Purpose(&self.purpose("translated session"))).ok().map(|_| Session::Translated))
    }

    fn purpose<'p>(&self, kind: &'p str) -> [&'p str; 3]
    where
        'a: 'p,
    {
        [kind, self.alias, self.caller]
    }

    async fn keys(&self) -> Result<Keys, Failure> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys.clone());
        }
        let keys = self.find_keys().await?;
        Ok(self.keys.get_or_init(|| keys).clone())
    }

    async fn find_keys(&self) -> Result<Keys, Failure> {
        let variable = self.host.variable("encryption_key").await.map_err(|reason| no_key(&reason))?;
        let given = Keys::read(&variable.unwrap_or_default()).map_err(|error| no_key(&error.to_string()))?;
        match given {
            Some(keys) => Ok(keys),
            None => self.own_key().await,
        }
    }

    /// The key in the store; a new one where there is none. Of two that are made at once the later stays, and
    /// sessions under the other begin anew.
    async fn own_key(&self) -> Result<Keys, Failure> {
        // A store that fails is not one without a key: a new one would end the sessions of all.
        let failed = |error: StoreError| no_key(&error.to_string());
        let kept = self.host.get(KEY).await.map_err(failed)?.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = match kept {
            Some(text) => text,
            None => {
                let text = (0..4).map(|_| format!("{:016x}", self.host.random())).collect::<String>();
                self.host.set(KEY, text.clone().into_bytes()).await.map_err(failed)?;
                text
            }
        };
        Keys::read(&text).ok().flatten().ok_or_else(|| no_key("the key-value store holds no key where one belongs"))
    }
}
