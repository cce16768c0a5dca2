//! `/mcp`: Code Mode, or the tools themselves.

use crate::{cancellation::unless_cancelled, components::Components, mode::Mode};
use code_mode::{CodeMode, DirectTools, State, settings::Settings};
use contracts::registry::{Access, Failure, NotSignedIn};
use mcp::Response;
use mcp_server::{Exchange, Progress};
use spin_sdk::wasip3::spawn;
use std::rc::Rc;

thread_local! {
    static STATE: Rc<State<Components>> = Rc::default();
}

/// What answers the MCP requests of one HTTP request.
#[derive(Clone)]
pub struct Endpoint {
    mode: Mode,
    access: Rc<Result<Access, Failure>>,
    settings: Settings,
}

impl Endpoint {
    /// The endpoint as one caller sees it.
    pub fn new(mode: Mode, access: Result<Access, Failure>, settings: Settings) -> Self {
        Self { mode, access: Rc::new(access), settings }
    }

    /// Counts the requests of a batch; the first one is counted already.
    pub async fn count(&self, requests: usize) -> Result<(), NotSignedIn> {
        match (&*self.access, u32::try_from(requests).unwrap_or(u32::MAX).saturating_sub(1)) {
            (Ok(access), further @ 1..) => access.count(further).await,
            _ => Ok(()),
        }
    }

    /// Answers a request.
    pub async fn answer(&self, exchange: &Exchange, progress: &dyn Progress) -> Response {
        let platform = &Components { access: self.access.clone(), trace: exchange.trace() };
        let state = &*STATE.with(Rc::clone);
        match self.mode {
            Mode::Code => exchange.answer(&CodeMode { platform, state, settings: self.settings }, progress).await,
            Mode::Direct => exchange.answer(&DirectTools { platform, state }, progress).await,
        }
    }

    /// Answers a request, or says that its client cancelled it.
    pub async fn answer_whole(&self, exchange: &Exchange) -> Response {
        let answer = unless_cancelled(exchange, self.answer(exchange, &())).await;
        answer.unwrap_or_else(|| exchange.cancelled())
    }

    /// Learns from what tools returned.
    pub async fn learn(&self) {
        let platform = Components { access: self.access.clone(), trace: mcp::TraceContext::default() };
        STATE.with(Rc::clone).samples.learn(&platform, &self.settings).await;
    }

    /// Learns while the answer is on its way: nobody waits for it.
    pub fn learn_later(self) {
        if !STATE.with(Rc::clone).samples.is_empty() {
            spawn(async move { self.learn().await });
        }
    }
}
