//! The components beside the gateway, and the host's clock.

use code_mode::platform::{Clock, Discovery, Interpreter, Registry};
use contracts::{
    discovery::{self, Tool},
    execution::{self, Program},
    registry::{
        Access, Agreement, CallContext, CatalogAnswer, Failure, LearnedResult, Lesson, Lessons, Server, Wanted,
    },
};
use futures::channel::oneshot;
use mcp::TraceContext;
use spin_sdk::wasip3::{
    clocks::{monotonic_clock, system_clock},
    random::random::get_random_u64,
    spawn,
};
use std::rc::Rc;

/// The components that Spin or the local host linked, for one request.
pub struct Components {
    /// What the caller may do, or why nobody can do anything.
    pub access: Rc<Result<Access, Failure>>,
    /// The trace that the request belongs to.
    pub trace: TraceContext,
}

impl Components {
    fn access(&self) -> Result<&Access, Failure> {
        (*self.access).as_ref().map_err(Failure::clone)
    }
}

fn refused(wanted: Vec<Wanted>, failure: &Failure) -> Vec<CatalogAnswer> {
    let refused =
        |wanted: Wanted| CatalogAnswer { alias: wanted.alias, catalog: Err(failure.clone()), is_stale: false };
    wanted.into_iter().map(refused).collect()
}

impl Registry for Components {
    async fn list_servers(&self) -> Result<Vec<Server>, Failure> {
        Ok(self.access()?.list_servers().await)
    }

    async fn load_catalogs(&self, wanted: Vec<Wanted>) -> Vec<CatalogAnswer> {
        let (sender, answers) = oneshot::channel();
        let access = self.access.clone();
        // A task of its own goes on when a run has no more time to wait for it.
        spawn(async move {
            let loaded = match &*access {
                Ok(access) => access.load_catalogs(wanted).await,
                Err(failure) => refused(wanted, failure),
            };
            sender.send(loaded).ok();
        });
        answers.await.unwrap_or_default()
    }

    async fn call_tool(
        &self,
        execution: &str,
        alias: String,
        tool: String,
        arguments: String,
    ) -> Result<String, Failure> {
        let trace = self.trace.members().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        self.access()?.call_tool(alias, tool, arguments, CallContext { execution: execution.to_string(), trace }).await
    }

    fn may_add_servers(&self) -> bool {
        (*self.access).as_ref().is_ok_and(Access::may_add_servers)
    }

    async fn add_server(&self, alias: String, url: String) -> Result<u32, Failure> {
        self.access()?.add_server(alias, url).await
    }

    async fn remove_server(&self, alias: String) -> Result<(), Failure> {
        self.access()?.remove_server(alias).await
    }

    fn wants_sample(&self, alias: &str, tool: &str) -> bool {
        (*self.access).as_ref().is_ok_and(|access| access.wants_sample(alias, tool))
    }

    async fn load_learned(&self, aliases: Vec<String>, max_age_ms: u64) -> Vec<LearnedResult> {
        match &*self.access {
            Ok(access) => access.load_learned(aliases, max_age_ms).await,
            Err(_) => Vec::new(),
        }
    }

    async fn keep_learned(&self, lessons: Vec<Lesson>, max_age_ms: u64) -> Vec<Lessons> {
        match &*self.access {
            Ok(access) => access.keep_learned(lessons, max_age_ms).await,
            Err(_) => Vec::new(),
        }
    }

    async fn keep_agreements(&self, agreements: Vec<Agreement>) {
        if let Ok(access) = &*self.access {
            access.keep_agreements(agreements).await;
        }
    }
}

impl Discovery for Components {
    type Catalog = discovery::Catalog;

    fn index(&self, servers: Vec<String>, tools: Vec<Tool>) -> Self::Catalog {
        discovery::Catalog::new(&servers, &tools)
    }

    fn learn(&self, known: Option<&str>, results: &[String], now_ms: u64) -> discovery::Lesson {
        discovery::learn(known, results, now_ms)
    }

    fn agree(&self, known: Option<&str>, callers: &[String]) -> Option<String> {
        discovery::agree(known, callers)
    }
}

impl Interpreter for Components {
    type Session = execution::Session;

    fn start(&self, program: &Program) -> Self::Session {
        execution::Session::new(program)
    }
}

/// The host's clock, and chance.
pub struct HostClock;

impl Clock for HostClock {
    fn now_ms(&self) -> u64 {
        let now = system_clock::now();
        u64::try_from(now.seconds).unwrap_or(0) * 1_000 + u64::from(now.nanoseconds) / 1_000_000
    }

    fn monotonic_us(&self) -> u64 {
        monotonic_clock::now() / 1_000
    }

    async fn sleep_ms(&self, duration_ms: u64) {
        monotonic_clock::wait_for(duration_ms.saturating_mul(1_000_000)).await;
    }

    fn random(&self) -> u64 {
        get_random_u64()
    }
}

impl Clock for Components {
    fn now_ms(&self) -> u64 {
        HostClock.now_ms()
    }

    fn monotonic_us(&self) -> u64 {
        HostClock.monotonic_us()
    }

    async fn sleep_ms(&self, duration_ms: u64) {
        HostClock.sleep_ms(duration_ms).await;
    }

    fn random(&self) -> u64 {
        HostClock.random()
    }
}
