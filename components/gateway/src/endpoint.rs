//! `/mcp`: Code Mode, or the tools themselves.

use crate::{
    components::{Components, HostClock},
    mode::Mode,
};
use code_mode::{CodeMode, DirectTools, Samples, State, platform::Clock, settings::Settings};
use contracts::registry::{Access, Failure, NotSignedIn};
use http::{HeaderMap, HeaderValue, header};
use mcp::Response;
use mcp_server::{Bulletin, Cancellation, Exchange, Progress, UnderWay};
use spin_sdk::wasip3::spawn;
use std::rc::Rc;

thread_local! {
    static STATE: Rc<State<Components>> = Rc::default();
    static UNDER_WAY: Rc<UnderWay<Option<HeaderValue>>> = Rc::default();
}

/// What answers the MCP requests of one HTTP request.
#[derive(Clone)]
pub struct Endpoint {
    mode: Mode,
    access: Rc<Result<Access, Failure>>,
    settings: Settings,
    /// What tells the caller from others, as it came.
    caller: Option<HeaderValue>,
    /// The caller's results that are to be learned from.
    samples: Rc<Samples>,
}

impl Endpoint {
    /// The endpoint as one caller sees it.
    pub fn new(mode: Mode, access: Result<Access, Failure>, settings: Settings, headers: &HeaderMap) -> Self {
        let caller = headers.get(header::AUTHORIZATION).cloned();
        Self { mode, access: Rc::new(access), settings, caller, samples: Rc::default() }
    }

    /// Counts the requests of a batch; the first one is counted already.
    pub async fn count(&self, requests: usize) -> Result<(), NotSignedIn> {
        match (&*self.access, u32::try_from(requests).unwrap_or(u32::MAX).saturating_sub(1)) {
            (Ok(access), further @ 1..) => access.count(further).await,
            _ => Ok(()),
        }
    }

    /// Answers a request; `None` when its client cancelled it.
    pub async fn answer(&self, exchange: &Exchange, progress: &dyn Progress) -> Option<Response> {
        let sleep_ms = |duration_ms| async move { HostClock.sleep_ms(duration_ms).await };
        let under_way = UNDER_WAY.with(Rc::clone);
        under_way.unless_cancelled(&self.caller, exchange, self.work(exchange, progress), sleep_ms, self).await
    }

    async fn work(&self, exchange: &Exchange, progress: &dyn Progress) -> Response {
        let platform = &Components { access: self.access.clone(), trace: exchange.trace() };
        let state = &*STATE.with(Rc::clone);
        match self.mode {
            Mode::Code => {
                let code_mode = CodeMode { platform, state, settings: self.settings, samples: &self.samples };
                exchange.answer(&code_mode, progress).await
            }
            Mode::Direct => exchange.answer(&DirectTools { platform, state, settings: self.settings }, progress).await,
        }
    }

    /// Answers a request, or says that its client cancelled it.
    pub async fn answer_whole(&self, exchange: &Exchange) -> Response {
        self.answer(exchange, &()).await.unwrap_or_else(|| exchange.cancelled())
    }

    /// Ends the work for requests of this caller.
    pub async fn cancel(&self, cancellations: impl IntoIterator<Item = Cancellation>) {
        let under_way = UNDER_WAY.with(Rc::clone);
        for cancellation in cancellations {
            under_way.cancel(&self.caller, cancellation, self).await;
        }
    }

    /// Learns from what tools returned to this caller.
    pub async fn learn(&self) {
        let platform = Components { access: self.access.clone(), trace: mcp::TraceContext::default() };
        self.samples.learn(&platform, &self.settings).await;
    }

    /// Learns while the answer is on its way: nobody waits for it.
    pub fn learn_later(self) {
        if !self.samples.is_empty() {
            spawn(async move { self.learn().await });
        }
    }
}

impl Bulletin for Endpoint {
    async fn post(&self, request: &str) {
        if let Ok(access) = &*self.access {
            access.cancel_elsewhere(request.to_string()).await;
        }
    }

    async fn is_posted(&self, request: &str) -> bool {
        match &*self.access {
            Ok(access) => access.is_cancelled_elsewhere(request.to_string()).await,
            Err(_) => false,
        }
    }
}
