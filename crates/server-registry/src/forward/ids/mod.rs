//! Ids of requests, events and tasks, and progress tokens, belong to the caller whose they are: who names one takes up
//! what was begun under it. A server with a session keeps those of one session from another; one without takes any from
//! anybody, and all callers reach it as one: as the gateway.
//!
//! So an id that a caller makes up goes out with a tag that nobody else can make, and comes back to it as it was. An id
//! that the server makes up comes to the caller with a tag, and goes back without it, or not at all. Nothing is stored.

mod events;
mod json;
mod place;
mod to_caller;
mod to_server;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealed_secrets::{Keys, Purpose, TAG_BYTES};

pub(super) use to_caller::{Rewriting, Scope};
pub(super) use to_server::ForeignId;

/// Characters of a tag: base64url without padding.
const TAG_CHARS: usize = (TAG_BYTES * 8).div_ceil(6);

/// What stands between a tag and a text, and between a tag and a number.
const BEFORE_TEXT: char = '.';
const BEFORE_NUMBER: char = '~';

/// Who made an id up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Maker {
    Caller,
    Server,
}

/// What an id is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Request,
    Progress,
    Task,
}

/// The ids of one caller at one server.
pub(super) struct CallerIds {
    keys: Keys,
    alias: String,
    caller: String,
}

/// An id with its tag, of either type that JSON has for one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum RawId {
    Text(String),
    /// As it is written.
    Number(String),
}

impl CallerIds {
    pub fn new(keys: Keys, alias: &str, caller: &str) -> Self {
        Self { keys, alias: alias.to_string(), caller: caller.to_string() }
    }

    /// An id with its tag.
    fn tagged(&self, maker: Maker, subject: Subject, id: &RawId) -> String {
        let (before, text) = id.parts();
        let content = format!("{before}{text}");
        let purpose = self.purpose(maker, subject);
        let tag = self.keys.tag(content.as_bytes(), Purpose(&purpose));
        URL_SAFE_NO_PAD.encode(tag) + &content
    }

    /// The id in one that this caller has with this server; `None` where there is none.
    fn untagged(&self, maker: Maker, subject: Subject, tagged: &str) -> Option<RawId> {
        let (tag, content) = tagged.split_at_checked(TAG_CHARS)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        let purpose = self.purpose(maker, subject);
        let id = RawId::read(content)?;
        self.keys.is_tag(&tag, content.as_bytes(), Purpose(&purpose)).then_some(id)
    }

    fn purpose(&self, maker: Maker, subject: Subject) -> [&str; 5] {
        let maker = match maker {
            Maker::Caller => "of the caller",
            Maker::Server => "of the server",
        };
        let subject = match subject {
            Subject::Request => "request",
            Subject::Progress => "progress",
            Subject::Task => "task",
        };
        ["id", subject, maker, &self.alias, &self.caller]
    }

    /// An event's id with its tag, within a session if there is one.
    fn tagged_event(&self, session: &str, id: &[u8]) -> Vec<u8> {
        let id = id.trim_ascii();
        let tag = self.keys.tag(id, Purpose(&self.event_purpose(session)));
        [URL_SAFE_NO_PAD.encode(tag).as_bytes(), b".", id].concat()
    }

    /// The event's id in one that this caller got from this server, within this session if there is one.
    pub fn untagged_event<'t>(&self, session: &str, tagged: &'t [u8]) -> Option<&'t [u8]> {
        let (tag, id) = tagged.split_at_checked(TAG_CHARS)?;
        let (tag, id) = (URL_SAFE_NO_PAD.decode(tag).ok()?, id.strip_prefix(b".")?);
        self.keys.is_tag(&tag, id, Purpose(&self.event_purpose(session))).then_some(id)
    }

    fn event_purpose<'p>(&'p self, session: &'p str) -> [&'p str; 4] {
        ["event id", &self.alias, &self.caller, session]
    }
}

impl RawId {
    /// Reads a JSON value; `None` when it is neither a string nor a number.
    fn of_json(json: &[u8]) -> Option<Self> {
        match json.first()? {
            b'"' => serde_json::from_slice(json).ok().map(Self::Text),
            b'-' | b'0'..=b'9' => {
                serde_json::from_slice::<serde_json::Number>(json).ok()?;
                String::from_utf8(json.to_vec()).ok().map(Self::Number)
            }
            _ => None,
        }
    }

    /// The JSON value.
    fn to_json(&self) -> String {
        match self {
            Self::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Self::Number(number) => number.clone(),
        }
    }

    fn parts(&self) -> (char, &str) {
        match self {
            Self::Text(text) => (BEFORE_TEXT, text),
            Self::Number(number) => (BEFORE_NUMBER, number),
        }
    }

    fn read(content: &str) -> Option<Self> {
        let number = || content.strip_prefix(BEFORE_NUMBER).map(|number| Self::Number(number.to_string()));
        content.strip_prefix(BEFORE_TEXT).map(|text| Self::Text(text.to_string())).or_else(number)
    }
}
