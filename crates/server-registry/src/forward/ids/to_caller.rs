//! The ids in what a server answers.

use super::{
    CallerIds, Maker, RawId, Subject,
    events::EventRewriter,
    json::{JsonRewriter, Replace},
    place::Place,
};
use bytes::Bytes;
use std::rc::Rc;

/// Whose ids are replaced in the messages of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Scope {
    /// Nobody's: the session keeps them apart.
    Session,
    /// The caller's, which has a session from now on.
    Caller,
    /// The caller's and the server's.
    Both,
}

/// An answer as its caller gets it.
pub(in super::super) struct Rewriting(Form);

enum Form {
    Json(JsonRewriter<ToCaller>),
    Events(EventRewriter),
}

impl Rewriting {
    /// For JSON.
    pub fn of_json(ids: &Rc<CallerIds>, scope: Scope) -> Option<Self> {
        (scope != Scope::Session).then(|| Self(Form::Json(JsonRewriter::new(ToCaller::new(ids, scope)))))
    }

    /// For events, whose own ids are good for the session.
    pub fn of_events(ids: &Rc<CallerIds>, scope: Scope, session: String) -> Self {
        let data = (scope != Scope::Session).then(|| JsonRewriter::new(ToCaller::new(ids, scope)));
        Self(Form::Events(EventRewriter::new(ids.clone(), session, data)))
    }

    /// Takes the next bytes, and gives what can be passed on.
    pub fn take(&mut self, bytes: Bytes) -> Bytes {
        let mut passed = Vec::with_capacity(bytes.len() + 64);
        match &mut self.0 {
            Form::Json(json) => json.push(&bytes, &mut passed),
            Form::Events(events) => events.push(&bytes, &mut passed),
        }
        passed.into()
    }

    /// What was still kept, at the end.
    pub fn finish(&mut self) -> Bytes {
        let mut passed = Vec::new();
        match &mut self.0 {
            Form::Json(json) => json.reset(&mut passed),
            Form::Events(events) => events.finish(&mut passed),
        }
        passed.into()
    }
}

/// Gives callers their own ids back, and those of the server with a tag.
pub(super) struct ToCaller {
    ids: Rc<CallerIds>,
    scope: Scope,
    /// Whether the message cancels a request, as far as is known.
    may_cancel: bool,
}

impl ToCaller {
    fn new(ids: &Rc<CallerIds>, scope: Scope) -> Self {
        Self { ids: ids.clone(), scope, may_cancel: true }
    }

    fn callers(&self, subject: Subject, value: &[u8]) -> Option<RawId> {
        let Some(RawId::Text(tagged)) = RawId::of_json(value) else { return None };
        self.ids.untagged(Maker::Caller, subject, &tagged)
    }

    fn servers(&self, subject: Subject, value: &[u8]) -> Option<RawId> {
        let id = RawId::of_json(value).filter(|_| self.scope == Scope::Both)?;
        Some(RawId::Text(self.ids.tagged(Maker::Server, subject, &id)))
    }
}

impl Replace for ToCaller {
    fn begin(&mut self) {
        self.may_cancel = true;
    }

    fn replace(&mut self, place: Place, value: &[u8]) -> Option<String> {
        let id = match place {
            Place::Method => {
                self.may_cancel =
                    serde_json::from_slice::<String>(value).is_ok_and(|it| it == "notifications/cancelled");
                None
            }
            Place::Id => self.callers(Subject::Request, value).or_else(|| self.servers(Subject::Request, value)),
            Place::RequestId => {
                let servers = || self.may_cancel.then(|| self.servers(Subject::Request, value)).flatten();
                self.callers(Subject::Request, value).or_else(servers)
            }
            Place::ProgressToken => self.callers(Subject::Progress, value),
            Place::WantedProgress => {
                self.callers(Subject::Progress, value).or_else(|| self.servers(Subject::Progress, value))
            }
            Place::Subscription => self.callers(Subject::Request, value),
            Place::Task => self.callers(Subject::Task, value).or_else(|| self.servers(Subject::Task, value)),
        };
        id.map(|id| id.to_json())
    }
}
