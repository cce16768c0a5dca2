//! The ids in what a caller sends.

use super::{
    CallerIds, Maker, RawId, Subject,
    json::{JsonRewriter, Replace},
    place::Place,
};
use bytes::Bytes;
use mcp::{Message, strict::Body};
use std::vec;

/// A caller answers a request that the server did not ask it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct ForeignId;

/// What a message is, as far as its ids go.
#[derive(Clone, Copy)]
enum Kind {
    Request,
    Cancellation,
    Progress,
    OtherNotification,
    Response,
}

struct ToServer<'a> {
    ids: &'a CallerIds,
    kinds: vec::IntoIter<Kind>,
    kind: Kind,
    /// The task that stands last, as the server knows it.
    task: Option<String>,
    is_foreign: bool,
}

impl CallerIds {
    /// A body as the server gets it, and the task in it. `read` is what is in it.
    pub fn to_server(&self, body: &[u8], read: &Body) -> Result<(Bytes, Option<String>), ForeignId> {
        let kinds: Vec<Kind> = read.messages().iter().map(Kind::of).collect();
        let replace = ToServer {
            ids: self,
            kinds: kinds.into_iter(),
            kind: Kind::OtherNotification,
            task: None,
            is_foreign: false,
        };
        let (mut rewriter, mut passed) = (JsonRewriter::new(replace), Vec::with_capacity(body.len() + 64));
        rewriter.push(body, &mut passed);
        rewriter.reset(&mut passed);
        let ToServer { task, is_foreign, .. } = rewriter.replace;
        if is_foreign { Err(ForeignId) } else { Ok((passed.into(), task)) }
    }
}

impl Kind {
    fn of(message: &Message) -> Self {
        match message {
            Message::Request(_) => Self::Request,
            Message::Notification(notification) => match notification.method.as_str() {
                "notifications/cancelled" => Self::Cancellation,
                "notifications/progress" => Self::Progress,
                _ => Self::OtherNotification,
            },
            Message::Response(_) => Self::Response,
        }
    }
}

impl ToServer<'_> {
    fn own(&self, subject: Subject, value: &[u8]) -> Option<String> {
        // Equal ids are equal however they are written.
        let id = RawId::of_json(value)?;
        Some(RawId::Text(self.ids.tagged(Maker::Caller, subject, &id)).to_json())
    }

    fn servers(&self, subject: Subject, value: &[u8]) -> Option<RawId> {
        let Some(RawId::Text(tagged)) = RawId::of_json(value) else { return None };
        self.ids.untagged(Maker::Server, subject, &tagged)
    }
}

impl Replace for ToServer<'_> {
    fn begin(&mut self) {
        self.kind = self.kinds.next().unwrap_or(Kind::OtherNotification);
    }

    fn replace(&mut self, place: Place, value: &[u8]) -> Option<String> {
        match (place, self.kind) {
            (Place::Id, Kind::Response) => {
                let id = self.servers(Subject::Request, value);
                self.is_foreign |= id.is_none();
                id.map(|id| id.to_json())
            }
            (Place::Id, _) => self.own(Subject::Request, value),
            (Place::RequestId, Kind::Cancellation) => self.own(Subject::Request, value),
            (Place::WantedProgress, _) => self.own(Subject::Progress, value),
            // Of a server that asked for none it is none: the server finds nothing under it.
            (Place::ProgressToken, Kind::Progress) => match self.servers(Subject::Progress, value) {
                Some(token) => Some(token.to_json()),
                None => self.own(Subject::Progress, value),
            },
            // A caller has tasks for the server, too.
            (Place::Task, _) => match self.servers(Subject::Task, value) {
                Some(id) => {
                    self.task = match &id {
                        RawId::Text(text) => Some(text.clone()),
                        RawId::Number(_) => None,
                    };
                    Some(id.to_json())
                }
                None => self.own(Subject::Task, value),
            },
            (Place::Method | Place::Subscription | Place::RequestId | Place::ProgressToken, _) => None,
        }
    }
}
