//! What is learned of a caller's results is for that caller, until several callers have had the same; and the operator
//! can switch it off and clear it.

mod support;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use server_registry::{Access, Agreement, LearnedResult, Lesson, Lessons, Purpose, Registry, Visitor};
use std::rc::Rc;
use support::{MemoryHost, administer, legacy};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
const ADMIN: &str = "the-key-of-the-operator";

/// A gateway with the servers `a` and `b`, its operator, and clients with keys.
struct Gateway {
    host: MemoryHost,
    registry: Rc<Registry<MemoryHost>>,
}

type Caller = Access<MemoryHost>;

impl Gateway {
    fn new() -> Self {
        let host = MemoryHost::default();
        host.set_text("admin_key", ADMIN);
        host.configure(&["a", "b"]);
        for name in ["a", "b"] {
            host.serve(name, legacy(&["x", "y"]));
        }
        let registry = host.registry();
        Self { host, registry }
    }

    fn sign_in(&self, key: &str) -> Caller {
        let visitor = Visitor { key: Some(key), is_local: true };
        self.host.run(self.registry.sign_in(visitor, Purpose::CodeMode)).expect("a key of this gateway")
    }

    fn ask(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        administer(&self.host, &self.sign_in(ADMIN), method, &format!("/api/v1{path}"), body)
    }

    fn new_key(&self, settings: Value) -> (String, String) {
        let (status, made) = self.ask(Method::POST, "/keys", &settings);
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let text = |name: &str| made[name].as_str().expect(name).to_string();
        (text("id"), text("key"))
    }

    /// Clients with keys for everything.
    fn callers<const N: usize>(&self) -> [Caller; N] {
        std::array::from_fn(|number| self.sign_in(&self.new_key(json!({"name": format!("caller {number}")})).1))
    }

    fn load(&self, caller: &Caller, aliases: &[&str]) -> Vec<LearnedResult> {
        let aliases: Vec<String> = aliases.iter().map(|alias| (*alias).to_string()).collect();
        self.host.run(caller.load_learned(&aliases, DAY_MS))
    }

    fn keep(&self, caller: &Caller, lessons: &[Lesson]) -> Vec<Lessons> {
        self.host.run(caller.keep_learned(lessons.to_vec(), DAY_MS))
    }

    /// Learns of the tool `x` of `a`, and has what is to be compared agree to `common`.
    fn learn(&self, caller: &Caller, text: &str) {
        let known = self.load(caller, &["a"]).into_iter().find(|one| one.tool == "x").and_then(|one| one.own);
        let compared = self.keep(caller, &[Lesson { known, ..lesson("a", "x", text) }]);
        let agreement = |one: Lessons| {
            let text = (one.texts.len() > 1).then(|| "common".to_string());
            Agreement { alias: one.alias, tool: one.tool, text }
        };
        self.host.run(caller.keep_agreements(compared.into_iter().map(agreement).collect()));
    }

    fn kept(&self) -> Vec<String> {
        self.host.store.borrow().keys().filter(|key| key.starts_with("learned")).cloned().collect()
    }
}

fn lesson(alias: &str, tool: &str, text: &str) -> Lesson {
    let (alias, tool, text) = (alias.to_string(), tool.to_string(), text.to_string());
    Lesson { alias, tool, known: None, text, is_news: true }
}

fn own(alias: &str, tool: &str, text: &str) -> LearnedResult {
    let (alias, tool) = (alias.to_string(), tool.to_string());
    LearnedResult { alias, tool, own: Some(text.to_string()), common: None }
}

fn common(alias: &str, tool: &str) -> LearnedResult {
    LearnedResult { own: None, common: Some("common".to_string()), ..own(alias, tool, "") }
}

#[test]
fn another_instance_has_what_one_kept_and_another_caller_has_not() {
    let gateway = Gateway::new();
    let [one, other] = gateway.callers();
    gateway.keep(&one, &[lesson("a", "x", "1"), lesson("a", "y", "2"), lesson("b", "x", "3")]);
    let elsewhere = Gateway { host: gateway.host.clone(), registry: gateway.host.registry() };
    for gateway in [&gateway, &elsewhere] {
        assert_eq!(gateway.load(&one, &["a", "b"]), [own("a", "x", "1"), own("a", "y", "2"), own("b", "x", "3")]);
        assert_eq!(gateway.load(&one, &["b"]), [own("b", "x", "3")]);
        for nobody in [&other, &gateway.sign_in(ADMIN)] {
            assert_eq!(gateway.load(nobody, &["a", "b"]), []);
        }
    }
}

#[test]
fn what_two_have_learned_is_compared_and_for_all_who_may_use_the_server() {
    let gateway = Gateway::new();
    let [one, other, third] = gateway.callers();
    let limited = gateway.sign_in(&gateway.new_key(json!({"name": "limited", "servers": ["b"]})).1);
    assert_eq!(gateway.keep(&one, &[lesson("a", "x", "of one")]), [], "there is nobody to compare with");
    let compared = gateway.keep(&other, &[lesson("a", "x", "of another"), lesson("a", "y", "of another")]);
    let texts: Vec<_> = compared.iter().map(|lessons| (lessons.tool.as_str(), lessons.texts.as_slice())).collect();
    let both = ["of one".to_string(), "of another".to_string()];
    assert_eq!(texts, [("x", &both[..]), ("y", &both[1..])]);
    gateway.learn(&other, "of another, too");
    assert_eq!(gateway.load(&third, &["a"]), [common("a", "x")]);
    let with_own = LearnedResult { common: Some("common".to_string()), ..own("a", "x", "of one") };
    assert_eq!(gateway.load(&one, &["a"]), [with_own]);
    assert_eq!(gateway.load(&limited, &["a", "b"]), []);
}

#[test]
fn what_says_nothing_new_is_compared_once_a_day() {
    let gateway = Gateway::new();
    let [one, other] = gateway.callers();
    let again = |known: &str| Lesson { known: Some(known.to_string()), is_news: false, ..lesson("a", "x", "2") };
    gateway.learn(&one, "1");
    gateway.learn(&other, "1");
    assert_eq!(gateway.keep(&one, &[again("1")]), []);
    gateway.host.clock.advance(DAY_MS);
    assert_eq!(gateway.keep(&one, &[again("2")]).len(), 1);
}

#[test]
fn what_is_older_than_asked_for_is_forgotten() {
    let gateway = Gateway::new();
    let [one, other] = gateway.callers();
    gateway.learn(&one, "1");
    gateway.learn(&other, "2");
    gateway.host.clock.advance(DAY_MS);
    assert_eq!(gateway.load(&one, &["a"]).len(), 1);
    gateway.host.clock.advance(1);
    assert_eq!(gateway.load(&one, &["a"]), []);
    gateway.learn(&one, "3");
    assert_eq!(gateway.load(&one, &["a"]), [own("a", "x", "3")]);
}

#[test]
fn what_was_cleared_meanwhile_does_not_come_back() {
    let gateway = Gateway::new();
    let [one, other, third] = gateway.callers();
    gateway.learn(&one, "1");
    gateway.learn(&other, "2");
    let compared = gateway.keep(&other, &[Lesson { known: Some("2".to_string()), ..lesson("a", "x", "3") }]);
    assert_eq!(compared.len(), 1);
    assert_eq!(gateway.ask(Method::DELETE, "/servers/a/learned", &Value::Null).0, StatusCode::NO_CONTENT);
    assert_eq!(gateway.kept(), Vec::<String>::new());
    let under_way = Lesson { known: Some("1".to_string()), ..lesson("a", "x", "4") };
    assert_eq!(gateway.keep(&one, &[under_way]), []);
    let agreement = Agreement { alias: "a".to_string(), tool: "x".to_string(), text: Some("common".to_string()) };
    gateway.host.run(other.keep_agreements(vec![agreement]));
    for caller in [&one, &other, &third] {
        assert_eq!(gateway.load(caller, &["a"]), []);
    }
}

#[test]
fn clearing_is_for_any_server_that_is_there() {
    let gateway = Gateway::new();
    let [one] = gateway.callers();
    gateway.ask(Method::PUT, "/servers/stored", &json!({"url": "https://a/mcp"}));
    let again = |path: &str| gateway.ask(Method::DELETE, path, &Value::Null).0;
    assert_eq!([again("/servers/stored/learned"), again("/servers/stored/learned")], [StatusCode::NO_CONTENT; 2]);
    assert_eq!(again("/servers/nobody/learned"), StatusCode::NOT_FOUND);
    assert_eq!(gateway.ask(Method::GET, "/servers/a/learned", &Value::Null).0, StatusCode::METHOD_NOT_ALLOWED);
    gateway.keep(&one, &[lesson("a", "x", "1"), lesson("b", "x", "1")]);
    assert_eq!(again("/servers/a/learned"), StatusCode::NO_CONTENT);
    assert_eq!(gateway.load(&one, &["a", "b"]), [own("b", "x", "1")], "the other server keeps its own");
}

#[test]
fn where_it_is_switched_off_nothing_is_learned_or_shown() {
    let gateway = Gateway::new();
    let server = |learns: bool| json!({"url": "https://a/mcp", "learnTypes": learns});
    let declare = |learns: bool| {
        let mut servers = json!({"mcpServers": {"declared": server(learns)}});
        servers["mcpServers"]["declared"]["type"] = json!("http");
        gateway.host.set("servers", &servers);
    };
    declare(true);
    gateway.ask(Method::PUT, "/servers/stored", &server(true));
    let (_, key) = gateway.new_key(json!({"name": "one"}));
    for alias in ["declared", "stored"] {
        assert!(gateway.sign_in(&key).wants_sample(alias, "x"));
        gateway.keep(&gateway.sign_in(&key), &[lesson(alias, "x", "1")]);
        assert_eq!(gateway.load(&gateway.sign_in(&key), &[alias]), [own(alias, "x", "1")]);
    }
    declare(false);
    let (_, view) = gateway.ask(Method::PATCH, "/servers/stored", &json!({"learnTypes": false}));
    assert_eq!(view["learnTypes"], false, "{view}");
    assert_eq!(gateway.ask(Method::GET, "/servers/declared", &Value::Null).1["learnTypes"], false);
    for alias in ["declared", "stored"] {
        assert!(!gateway.sign_in(&key).wants_sample(alias, "x"));
        assert_eq!(gateway.load(&gateway.sign_in(&key), &[alias]), []);
        gateway.keep(&gateway.sign_in(&key), &[lesson(alias, "y", "2")]);
    }
    assert!(gateway.kept().iter().all(|key| !key.contains("stored")), "what was learned is gone: {:?}", gateway.kept());
    declare(true);
    gateway.ask(Method::PATCH, "/servers/stored", &json!({"learnTypes": null}));
    assert_eq!(gateway.load(&gateway.sign_in(&key), &["stored"]), []);
    assert_eq!(gateway.load(&gateway.sign_in(&key), &["declared"]), [own("declared", "x", "1")]);
}

#[test]
fn it_goes_with_its_caller() {
    let gateway = Gateway::new();
    let (id, key) = gateway.new_key(json!({"name": "one"}));
    let [other] = gateway.callers();
    gateway.keep(&gateway.sign_in(&key), &[lesson("a", "x", "1"), lesson("b", "x", "1")]);
    gateway.keep(&other, &[lesson("a", "x", "2")]);
    assert_eq!(gateway.kept().iter().filter(|kept| kept.contains(&id)).count(), 2);
    assert_eq!(gateway.ask(Method::DELETE, &format!("/keys/{id}"), &Value::Null).0, StatusCode::NO_CONTENT);
    assert!(gateway.kept().iter().all(|kept| !kept.contains(&id)), "{:?}", gateway.kept());
    assert_eq!(gateway.load(&other, &["a"]), [own("a", "x", "2")]);
}

#[test]
fn it_is_of_the_server_that_it_was_learned_of() {
    let gateway = Gateway::new();
    let (_, key) = gateway.new_key(json!({"name": "one"}));
    let put = |url: &str| gateway.ask(Method::PUT, "/servers/stored", &json!({ "url": url }));
    let learn = || gateway.keep(&gateway.sign_in(&key), &[lesson("stored", "x", "1")]);
    let known = || gateway.load(&gateway.sign_in(&key), &["stored"]).len();
    put("https://a/mcp");
    let under_way = gateway.sign_in(&key);
    learn();
    assert_eq!(known(), 1);
    put("https://b/mcp");
    assert_eq!(known(), 0, "it leads elsewhere");
    learn();
    gateway.ask(Method::DELETE, "/servers/stored", &Value::Null);
    assert!(gateway.kept().iter().all(|key| !key.contains("stored")), "{:?}", gateway.kept());
    gateway.host.clock.advance(1);
    put("https://a/mcp");
    gateway.keep(&under_way, &[lesson("stored", "x", "of another server")]);
    assert_eq!(known(), 0);
}

#[test]
fn a_damaged_record_is_as_good_as_none() {
    let gateway = Gateway::new();
    let [one, other] = gateway.callers();
    gateway.learn(&one, "1");
    gateway.learn(&other, "1");
    for damaged in ["{", "7", "{\"version\":99,\"tools\":{}}"] {
        for key in gateway.kept() {
            gateway.host.store.borrow_mut().insert(key, damaged.as_bytes().to_vec());
        }
        assert_eq!(gateway.load(&one, &["a"]), []);
        gateway.learn(&one, "2");
        gateway.learn(&other, "2");
        assert_eq!(gateway.load(&one, &["a"])[0].common.as_deref(), Some("common"), "{damaged}");
    }
}

#[test]
fn a_record_stays_within_what_a_store_takes() {
    let gateway = Gateway::new();
    let [one] = gateway.callers();
    for number in 0..30 {
        gateway.keep(&one, &[lesson("a", &format!("tool {number}"), &"x".repeat(100_000))]);
        let agreement =
            |text: String| Agreement { alias: "a".to_string(), tool: format!("tool {number}"), text: Some(text) };
        gateway.host.run(one.keep_agreements(vec![agreement("x".repeat(100_000))]));
        gateway.host.clock.advance(1_000);
    }
    assert!(gateway.kept().iter().all(|key| gateway.host.store.borrow()[key].len() <= 1_000_000));
    let kept = gateway.load(&one, &["a"]);
    let has = |tool: &str| kept.iter().any(|one| one.tool == tool && one.own.is_some() && one.common.is_some());
    assert!(has("tool 29") && !has("tool 20"), "{:?}", kept.iter().map(|one| &one.tool).collect::<Vec<_>>());
    assert_eq!(kept.iter().filter(|one| one.own.is_some()).count(), 8);
}

#[test]
fn after_the_first_lessons_one_is_learned_now_and_then_whichever_instance_serves() {
    let gateway = Gateway::new();
    let elsewhere = Gateway { host: gateway.host.clone(), registry: gateway.host.registry() };
    let (_, key) = gateway.new_key(json!({"name": "one"}));
    let learned = |gateway: &Gateway| {
        let caller = gateway.sign_in(&key);
        let known = gateway.load(&caller, &["a"]).pop().and_then(|one| one.own);
        let next = known.as_ref().map_or(1, |known| known.parse::<u32>().expect("a number") + 1);
        gateway.keep(&caller, &[Lesson { known: known.clone(), ..lesson("a", "x", &next.to_string()) }]);
        gateway.load(&caller, &["a"]).pop().and_then(|one| one.own) != known
    };
    let of_both = [&gateway, &elsewhere, &gateway, &elsewhere, &gateway, &elsewhere].map(learned);
    assert_eq!(of_both, [true, true, true, true, false, false]);
    for gateway in [&gateway, &elsewhere] {
        assert!(!gateway.sign_in(&key).wants_sample("a", "x"), "it is known here that there is no need");
        assert!(gateway.sign_in(&key).wants_sample("a", "y") && gateway.sign_in(ADMIN).wants_sample("a", "x"));
    }
    gateway.host.clock.advance(10_000);
    assert!(gateway.sign_in(&key).wants_sample("a", "x"));
    assert_eq!([&elsewhere, &gateway].map(learned), [true, false]);
}
