//! What Code Mode needs from outside: the components beside it, and a clock.

use contracts::{
    discovery::{self, Detail, Page, Query, Tool},
    execution::{self, LogLine, Program, Settlement, Step},
    registry::{Agreement, CatalogAnswer, Failure, LearnedResult, Lesson, Lessons, Server, Wanted},
};
use std::future::Future;

/// The servers and calls to them (`bobbin:registry/servers`).
pub trait Registry {
    fn list_servers(&self) -> impl Future<Output = Result<Vec<Server>, Failure>>;
    /// Dropping the future leaves the loading to go on: the next one finds what has come of it.
    fn load_catalogs(&self, wanted: Vec<Wanted>) -> impl Future<Output = Vec<CatalogAnswer>>;
    /// `execution` names the run that the call belongs to. Dropping the future cancels the call.
    fn call_tool(
        &self,
        execution: &str,
        alias: String,
        tool: String,
        arguments: String,
    ) -> impl Future<Output = Result<String, Failure>>;
    /// Whether the caller may add servers.
    fn may_add_servers(&self) -> bool;
    /// Adds a public server for the caller alone; gives how many tools it has.
    fn add_server(&self, alias: String, url: String) -> impl Future<Output = Result<u32, Failure>>;
    /// Removes a server that the caller has added.
    fn remove_server(&self, alias: String) -> impl Future<Output = Result<(), Failure>>;
    /// Whether a result that a tool gave to the caller is to be learned from.
    fn wants_sample(&self, alias: &str, tool: &str) -> bool;
    /// What the caller may know of results.
    fn load_learned(&self, aliases: Vec<String>, max_age_ms: u64) -> impl Future<Output = Vec<LearnedResult>>;
    /// Keeps what was learned for the caller; gives what is to be compared.
    fn keep_learned(&self, lessons: Vec<Lesson>, max_age_ms: u64) -> impl Future<Output = Vec<Lessons>>;
    /// Keeps for all callers what is common.
    fn keep_agreements(&self, agreements: Vec<Agreement>) -> impl Future<Output = ()>;
}

/// Search and declarations (`bobbin:discovery/catalogs`).
pub trait Discovery {
    type Catalog: Catalog;
    fn index(&self, servers: Vec<String>, tools: Vec<Tool>) -> Self::Catalog;
    fn learn(&self, known: Option<&str>, results: &[String], now_ms: u64) -> discovery::Lesson;
    fn agree(&self, known: Option<&str>, callers: &[String]) -> Option<String>;
}

/// An indexed set of tools.
pub trait Catalog {
    fn search(&self, query: &Query) -> Page;
    fn declare(&self, detail: Detail, budget_bytes: u32) -> Option<String>;
}

/// The interpreter (`bobbin:execution/sessions`).
pub trait Interpreter {
    type Session: Session;
    fn start(&self, program: &Program) -> Self::Session;
}

/// One run of one script.
pub trait Session {
    fn resume(&self, settled: &[Settlement]) -> Step;
    fn take_logs(&self) -> Vec<LogLine>;
    fn steps_used(&self) -> u64;
}

/// Time and chance, which only the gateway has.
pub trait Clock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> u64;
    /// Microseconds of a clock that only goes forward.
    fn monotonic_us(&self) -> u64;
    /// Ends after that time.
    fn sleep_ms(&self, duration_ms: u64) -> impl Future<Output = ()>;
    /// A number that nobody can foresee.
    fn random(&self) -> u64;
}

/// All of it.
pub trait Platform: Registry + Discovery + Interpreter + Clock {}

impl<T: Registry + Discovery + Interpreter + Clock> Platform for T {}

impl Catalog for discovery::Catalog {
    fn search(&self, query: &Query) -> Page {
        discovery::Catalog::search(self, query)
    }

    fn declare(&self, detail: Detail, budget_bytes: u32) -> Option<String> {
        discovery::Catalog::declare(self, detail, budget_bytes)
    }
}

impl Session for execution::Session {
    fn resume(&self, settled: &[Settlement]) -> Step {
        execution::Session::resume(self, settled)
    }

    fn take_logs(&self) -> Vec<LogLine> {
        execution::Session::take_logs(self)
    }

    fn steps_used(&self) -> u64 {
        execution::Session::steps_used(self)
    }
}
