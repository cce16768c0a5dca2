//! The instances that there are, and which of them answers a request: the one that came to rest last, since it has in
//! its memory what others would have to read again.

use super::computing::Turns;
use super::instance;
use super::instance_permits::InstancePermit;
use super::instances::{InstanceSettings, Instances};
use super::request_kind::RequestKind;
use super::request_liveness::RequestHandle;
use crate::host_runtime::max_computing;
use crate::runtime::Epochs;
use futures::channel::oneshot;
use http::{Request, Response};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use wasmtime_wasi_http::WasiBody;

/// Answers requests with instances of one component.
#[derive(Clone)]
pub(crate) struct InstancePool(Arc<Inner>);

struct Inner {
    instances: Instances,
    epochs: Epochs,
    turns: Turns,
    members: Mutex<Members>,
}

#[derive(Default)]
struct Members {
    all: HashMap<MemberId, Member>,
    /// Those that take any request; the one that became so last is at the end.
    available: Vec<MemberId>,
    /// Those that have streams to servers, and take requests for servers only.
    streaming: Vec<MemberId>,
    /// How many there have been.
    count: u64,
}

/// Names an instance in its pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct MemberId(u64);

struct Member {
    requests: mpsc::UnboundedSender<Assignment>,
    /// Requests that it has, streams aside.
    current: usize,
    /// Streams to servers that it has, the heads of which have been sent.
    streams: usize,
    /// Requests that it has ever had.
    total: usize,
}

/// A request for an instance.
pub(super) struct Assignment {
    pub request: Request<WasiBody>,
    pub kind: RequestKind,
    pub handle: RequestHandle,
    pub permit: Permit,
    pub answer: oneshot::Sender<wasmtime::Result<Response<WasiBody>>>,
}

/// What a request has an instance by; held until the instance has no more to do for it.
#[derive(Debug)]
pub(super) enum Permit {
    /// One of those that callers share.
    Shared { _permit: InstancePermit },
    /// One that is kept for what asks for the gateway's health.
    Reserved { _permit: OwnedSemaphorePermit },
}

impl InstancePool {
    /// A pool without instances; they are made when there are requests.
    pub fn new(instances: Instances) -> io::Result<Self> {
        let epochs = Epochs::start(instances.engine.clone())?;
        let turns = Arc::new(Semaphore::new(max_computing()));
        Ok(Self(Arc::new(Inner { instances, epochs, turns, members: Mutex::default() })))
    }

    pub(super) fn settings(&self) -> InstanceSettings {
        self.0.instances.settings
    }

    pub(super) fn instances(&self) -> &Instances {
        &self.0.instances
    }

    pub(super) fn epochs(&self) -> &Epochs {
        &self.0.epochs
    }

    pub(super) fn turns(&self) -> &Turns {
        &self.0.turns
    }

    /// Gives a request to an instance; to a new one where none is available.
    pub(super) fn assign(&self, assignment: Assignment) {
        let left = self.members().assign(assignment, self.settings());
        if let Some(assignment) = left {
            tokio::spawn(instance::run(self.clone(), assignment));
        }
    }

    /// A new instance is there, and has its first request.
    pub(super) fn enlist(&self) -> (MemberId, mpsc::UnboundedReceiver<Assignment>) {
        let (requests, receiver) = mpsc::unbounded_channel();
        let mut members = self.members();
        let id = MemberId(members.count);
        members.count += 1;
        members.all.insert(id, Member { requests, current: 1, streams: 0, total: 1 });
        members.offer(id, self.settings());
        (id, receiver)
    }

    /// An instance is done with requests, and with streams.
    pub(super) fn release(&self, id: MemberId, requests: usize, streams: usize) {
        let mut members = self.members();
        if let Some(member) = members.all.get_mut(&id) {
            member.current -= requests;
            member.streams -= streams;
            members.offer(id, self.settings());
        }
    }

    /// A request of an instance has become a stream.
    pub(super) fn streams(&self, id: MemberId) {
        let mut members = self.members();
        if let Some(member) = members.all.get_mut(&id) {
            member.current -= 1;
            member.streams += 1;
            members.offer(id, self.settings());
        }
    }

    /// Whether an instance is kept that has nothing to do for the requests that it holds: it may have answered enough of
    /// them, or have too much memory. One that is not gets no more.
    pub(super) fn keeps(&self, id: MemberId, held: usize, memory_bytes: usize) -> bool {
        let settings = self.settings();
        let mut members = self.members();
        let Some(member) = members.all.get(&id) else { return false };
        let is_worn = member.total >= settings.max_requests || memory_bytes > settings.max_idle_memory_bytes;
        let is_needed = member.current + member.streams > held;
        if is_worn && !is_needed {
            members.remove(id);
        }
        !is_worn || is_needed
    }

    /// Takes an instance out that has had nothing to do for long, unless it is about to get a request.
    pub(super) fn dismiss(&self, id: MemberId) -> bool {
        let mut members = self.members();
        let is_idle = members.all.get(&id).is_some_and(|member| member.current + member.streams == 0);
        if is_idle {
            members.remove(id);
        }
        is_idle
    }

    /// An instance has ended.
    pub(super) fn remove(&self, id: MemberId) {
        self.members().remove(id);
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.0.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Members {
    /// Hands a request to an instance; `Some` when none takes it.
    fn assign(&mut self, mut assignment: Assignment, settings: InstanceSettings) -> Option<Assignment> {
        while let Some(id) = self.take_for(assignment.kind) {
            let Some(member) = self.all.get_mut(&id) else { continue };
            match member.requests.send(assignment) {
                Ok(()) => {
                    member.current += 1;
                    member.total += 1;
                    self.offer(id, settings);
                    return None;
                }
                // It has ended, and is about to say so.
                Err(mpsc::error::SendError(returned)) => assignment = returned,
            }
        }
        Some(assignment)
    }

    fn take_for(&mut self, kind: RequestKind) -> Option<MemberId> {
        let streaming = if kind == RequestKind::PassThrough { self.streaming.pop() } else { None };
        streaming.or_else(|| self.available.pop())
    }

    /// Makes an instance available for what it can take.
    fn offer(&mut self, id: MemberId, settings: InstanceSettings) {
        let Some(member) = self.all.get(&id) else { return };
        let takes_more = member.current < settings.max_concurrent_requests && member.total < settings.max_requests;
        let (takes_any, takes_streams) = match member.streams {
            0 => (takes_more, false),
            streams => (false, takes_more && streams < settings.max_streams),
        };
        set_member(&mut self.available, id, takes_any);
        set_member(&mut self.streaming, id, takes_streams);
    }

    fn remove(&mut self, id: MemberId) {
        self.all.remove(&id);
        set_member(&mut self.available, id, false);
        set_member(&mut self.streaming, id, false);
    }
}

/// Adds an instance at the end of a list, unless it is there, or takes it out.
fn set_member(list: &mut Vec<MemberId>, id: MemberId, is_member: bool) {
    match (list.iter().rposition(|member| *member == id), is_member) {
        (None, true) => list.push(id),
        (Some(position), false) => {
            list.remove(position);
        }
        _ => {}
    }
}
