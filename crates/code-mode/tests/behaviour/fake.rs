//! A platform with a clock that jumps: whenever everything waits, time goes on to the next timer.

use code_mode::{
    CodeMode, Samples, State,
    platform::{Catalog, Clock, Discovery, Interpreter, Registry, Session},
    settings::Settings,
};
use contracts::{
    discovery::{self, Detail, Hit, Page, Query},
    execution::{LogLine, Program, Settlement, Step},
    registry::{
        self, Agreement, CatalogAnswer, CurrentCatalog, Failure, FailureKind, LearnedResult, Lesson, Lessons, Server,
        Wanted,
    },
};
use mcp_server::Service;
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// What a session answers to settlements.
pub type Behaviour = Rc<dyn Fn(&[Settlement]) -> Step>;

#[derive(Default)]
pub struct Fake {
    pub now_us: Rc<Cell<u64>>,
    timers: Rc<RefCell<Vec<(u64, Waker)>>>,
    /// Aliases with their tools.
    pub servers: BTreeMap<String, Vec<registry::Tool>>,
    /// Whether the caller may add servers.
    pub adds_servers: bool,
    /// Aliases that cannot be reached.
    pub down: Vec<String>,
    /// Milliseconds that the list of servers takes, and catalogs.
    pub list_ms: u64,
    pub load_ms: Cell<u64>,
    pub behaviour: RefCell<Option<Behaviour>>,
    /// Program that was started last.
    pub program: RefCell<Option<Program>>,
    /// Calls that were sent, under way, under way at most, and dropped before their end.
    pub sent: RefCell<Vec<String>>,
    pub under_way: Cell<usize>,
    pub most_under_way: Cell<usize>,
    pub dropped: Cell<usize>,
    /// Catalogs that were asked for, with the revisions that were known, and how many went over.
    pub loads: RefCell<Vec<(String, Vec<String>)>>,
    pub sent_catalogs: Cell<usize>,
    /// What was kept of results, what others have learned, and what is said to be common.
    pub learned: RefCell<Vec<LearnedResult>>,
    pub others_learned: Option<String>,
    pub agreed: RefCell<Vec<Agreement>>,
    /// What is to be learned from after this request.
    pub samples: Samples,
    pub wants_no_samples: bool,
}

impl Fake {
    pub fn with_session(behaviour: impl Fn(&[Settlement]) -> Step + 'static) -> Self {
        Self { behaviour: RefCell::new(Some(Rc::new(behaviour))), ..Self::default() }
    }

    /// Another caller at the same time, who sees other tools.
    pub fn beside(&self, servers: BTreeMap<String, Vec<registry::Tool>>) -> Self {
        let (now_us, timers, behaviour) = (self.now_us.clone(), self.timers.clone(), self.behaviour.clone());
        Self { now_us, timers, behaviour, servers, ..Self::default() }
    }

    /// What a tool of `/mcp` answers.
    pub fn ask(&self, state: &State<Self>, settings: Settings, name: &str, arguments: &Value) -> Value {
        let arguments = arguments.as_object().cloned().expect("an object");
        let code_mode = CodeMode { platform: self, state, settings, samples: &self.samples };
        let call = mcp_server::ToolCall { name: name.to_string(), arguments };
        self.block_on(code_mode.call_tool(call, &())).expect("a result")
    }

    pub fn elapsed_ms(&self) -> u64 {
        self.now_us.get() / 1_000
    }

    /// Runs a future, and lets time jump whenever it waits.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        struct Flag(AtomicBool);
        impl Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let mut future = pin!(future);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(flag.clone());
        loop {
            while flag.0.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return value;
                }
            }
            let next = self.timers.borrow().iter().map(|(at, _)| *at).min().expect("nothing will ever happen");
            self.now_us.set(next.max(self.now_us.get()));
            let due: Vec<Waker> =
                self.timers.borrow_mut().extract_if(.., |(at, _)| *at <= next).map(|(_, waker)| waker).collect();
            due.into_iter().for_each(Waker::wake);
        }
    }
}

struct Timer {
    at_us: u64,
    now_us: Rc<Cell<u64>>,
    timers: Rc<RefCell<Vec<(u64, Waker)>>>,
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.now_us.get() >= self.at_us {
            return Poll::Ready(());
        }
        self.timers.borrow_mut().push((self.at_us, context.waker().clone()));
        Poll::Pending
    }
}

impl Clock for Fake {
    fn now_ms(&self) -> u64 {
        1_800_000_000_000 + self.elapsed_ms()
    }

    fn monotonic_us(&self) -> u64 {
        self.now_us.get()
    }

    fn sleep_ms(&self, duration_ms: u64) -> impl Future<Output = ()> {
        Timer {
            at_us: self.now_us.get() + duration_ms * 1_000,
            now_us: self.now_us.clone(),
            timers: self.timers.clone(),
        }
    }

    fn random(&self) -> u64 {
        7
    }
}

/// Counts a call that is under way, and one that is dropped before its end.
struct UnderWay<'a>(&'a Fake, bool);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.set(self.0.under_way.get() - 1);
        if !self.1 {
            self.0.dropped.set(self.0.dropped.get() + 1);
        }
    }
}

impl Registry for Fake {
    async fn list_servers(&self) -> Result<Vec<Server>, Failure> {
        self.sleep_ms(self.list_ms).await;
        let server = |alias: &String| Server { alias: alias.clone(), title: None, description: None };
        Ok(self.servers.keys().map(server).collect())
    }

    async fn load_catalogs(&self, wanted: Vec<Wanted>) -> Vec<CatalogAnswer> {
        self.sleep_ms(self.load_ms.get()).await;
        wanted.into_iter().map(|one| self.catalog(one)).collect()
    }

    /// Takes `{"ms": …, "result": …}`: the result after that time; without a result, a failure.
    async fn call_tool(&self, _: &str, alias: String, tool: String, arguments: String) -> Result<String, Failure> {
        self.sent.borrow_mut().push(format!("{alias}.{tool}"));
        self.under_way.set(self.under_way.get() + 1);
        self.most_under_way.set(self.most_under_way.get().max(self.under_way.get()));
        let mut guard = UnderWay(self, false);
        let arguments: Value = serde_json::from_str(&arguments).expect("arguments are JSON");
        self.sleep_ms(arguments["ms"].as_u64().unwrap_or(0)).await;
        guard.1 = true;
        match arguments.get("result") {
            Some(result) => Ok(json!({"content": [], "structuredContent": result}).to_string()),
            None => Err(failure(FailureKind::Unreachable, &format!("{alias} is down"))),
        }
    }

    fn may_add_servers(&self) -> bool {
        self.adds_servers
    }

    async fn add_server(&self, alias: String, url: String) -> Result<u32, Failure> {
        self.sent.borrow_mut().push(format!("add {alias} {url}"));
        Ok(2)
    }

    async fn remove_server(&self, alias: String) -> Result<(), Failure> {
        Err(failure(FailureKind::Rpc, &format!("There is no server {alias:?} that you added.")))
    }

    fn wants_sample(&self, _: &str, _: &str) -> bool {
        !self.wants_no_samples
    }

    async fn load_learned(&self, aliases: Vec<String>, _: u64) -> Vec<LearnedResult> {
        self.learned.borrow().iter().filter(|one| aliases.contains(&one.alias)).cloned().collect()
    }

    async fn keep_learned(&self, lessons: Vec<Lesson>, _: u64) -> Vec<Lessons> {
        let mut kept = self.learned.borrow_mut();
        kept.retain(|old| !lessons.iter().any(|new| (&new.alias, &new.tool) == (&old.alias, &old.tool)));
        let own = |Lesson { alias, tool, text, .. }| LearnedResult { alias, tool, own: Some(text), common: None };
        kept.extend(lessons.iter().cloned().map(own));
        let compared = |Lesson { alias, tool, known, text, .. }| {
            let theirs = self.others_learned.clone()?;
            Some(Lessons { alias, tool, known, texts: vec![text, theirs] })
        };
        lessons.into_iter().filter_map(compared).collect()
    }

    async fn keep_agreements(&self, agreements: Vec<Agreement>) {
        self.agreed.borrow_mut().extend(agreements);
    }
}

impl Fake {
    fn catalog(&self, wanted: Wanted) -> CatalogAnswer {
        self.loads.borrow_mut().push((wanted.alias.clone(), wanted.known_revisions.clone()));
        let catalog = if self.down.contains(&wanted.alias) {
            Err(failure(FailureKind::Unreachable, &format!("{} is down", wanted.alias)))
        } else {
            let tools = self.servers[&wanted.alias].clone();
            let revision = tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>().join(" ");
            if wanted.known_revisions.contains(&revision) {
                Ok(CurrentCatalog::Known(revision))
            } else {
                self.sent_catalogs.set(self.sent_catalogs.get() + 1);
                let (title, instructions, malformed) = (None, None, Vec::new());
                Ok(CurrentCatalog::Other(registry::Catalog { revision, title, instructions, tools, malformed }))
            }
        };
        CatalogAnswer { alias: wanted.alias, catalog, is_stale: false }
    }
}

pub struct FakeSession(Behaviour);

impl Session for FakeSession {
    fn resume(&self, settled: &[Settlement]) -> Step {
        (self.0)(settled)
    }

    fn take_logs(&self) -> Vec<LogLine> {
        Vec::new()
    }

    fn steps_used(&self) -> u64 {
        0
    }
}

impl Interpreter for Fake {
    type Session = FakeSession;

    fn start(&self, program: &Program) -> FakeSession {
        *self.program.borrow_mut() = Some(program.clone());
        FakeSession(self.behaviour.borrow().clone().expect("a behaviour"))
    }
}

/// Finds the tools whose names contain the query, in order.
pub struct FakeCatalog(Vec<discovery::Tool>);

impl Discovery for Fake {
    type Catalog = FakeCatalog;

    fn index(&self, _: Vec<String>, tools: Vec<discovery::Tool>) -> FakeCatalog {
        FakeCatalog(tools)
    }

    /// Counts.
    fn learn(&self, known: Option<&str>, results: &[String], _: u64) -> discovery::Lesson {
        let count = known.map_or(0, |known| known.parse::<usize>().expect("a count")) + results.len();
        discovery::Lesson { text: count.to_string(), is_news: known.is_none() }
    }

    /// Puts all side by side.
    fn agree(&self, known: Option<&str>, callers: &[String]) -> Option<String> {
        Some(format!("{known:?} {}", callers.join(" and ")))
    }
}

impl Catalog for FakeCatalog {
    fn search(&self, query: &Query) -> Page {
        let fits = |tool: &&discovery::Tool| {
            tool.name.contains(&query.text) && query.server.as_ref().is_none_or(|server| *server == tool.server)
        };
        let hit = |tool: &discovery::Tool| Hit {
            server: tool.server.clone(),
            name: tool.name.clone(),
            callable: format!("tools.{}.{}", tool.server, tool.name),
            text: tool.learned_result.iter().chain(&tool.common_result).cloned().collect::<Vec<_>>().join(", "),
        };
        let all: Vec<Hit> = self.0.iter().filter(fits).map(hit).collect();
        let total = u32::try_from(all.len()).expect("few");
        let hits = all.into_iter().skip(query.offset as usize).take(query.limit as usize).collect();
        Page { hits, total, advice: None }
    }

    fn declare(&self, _: Detail, budget_bytes: u32) -> Option<String> {
        let text = self.0.iter().map(|tool| tool.name.clone()).collect::<Vec<_>>().join("\n");
        (text.len() <= budget_bytes as usize).then_some(text)
    }
}

fn failure(kind: FailureKind, message: &str) -> Failure {
    Failure { kind, message: message.to_string(), code: None, data: None }
}

/// A tool that takes any object.
pub fn tool(name: &str) -> registry::Tool {
    registry::Tool {
        name: name.to_string(),
        title: None,
        description: None,
        input_schema: "{\"type\":\"object\"}".to_string(),
        output_schema: None,
        annotations: None,
    }
}
