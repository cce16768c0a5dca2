//! The three tools of `/mcp`, over a fake platform.

use crate::fake::{Fake, tool};
use crate::scripts::{call, finished};
use code_mode::{CodeMode, State, settings::Settings};
use contracts::execution::{Failure, FailureKind, Outcome, Position, Settlement, Step, ToolCall};
use contracts::registry;
use mcp_server::Service;
use serde_json::{Value, json};

fn fake() -> Fake {
    let mut fake = Fake::with_session(|_| finished("{\"n\":1}"));
    fake.servers.insert("files".to_string(), vec![tool("read_file"), tool("write_file")]);
    fake.servers.insert("git".to_string(), vec![tool("log")]);
    fake.servers.insert("gone".to_string(), vec![tool("x")]);
    fake.down.push("gone".to_string());
    fake
}

fn ask(fake: &Fake, state: &State<Fake>, settings: Settings, name: &str, arguments: Value) -> Value {
    fake.ask(state, settings, name, &arguments)
}

fn ask_once(fake: &Fake, name: &str, arguments: Value) -> Value {
    ask(fake, &State::default(), Settings::default(), name, arguments)
}

#[test]
fn servers_are_listed_with_their_health() {
    let found = ask_once(&fake(), "list_servers", json!({}));
    let servers = &found["structuredContent"]["servers"];
    assert_eq!(servers[0], json!({"alias": "files", "tools": 2, "health": "ok"}));
    assert_eq!(servers[2], json!({"alias": "gone", "health": "unavailable", "message": "gone is down"}));
    let text: Value = serde_json::from_str(found["content"][0]["text"].as_str().expect("text")).expect("JSON");
    assert_eq!(text, found["structuredContent"]);
}

#[test]
fn tools_are_found_page_by_page_and_missing_servers_are_named() {
    let fake = fake();
    let first = ask_once(&fake, "search_tools", json!({"query": "file", "limit": 1}))["structuredContent"].clone();
    assert_eq!((&first["total"], &first["tools"][0]["call"]), (&json!(2), &json!("tools.files.read_file")));
    assert_eq!(first["unavailable"], json!([{"server": "gone", "message": "gone is down"}]));
    let cursor = first["nextCursor"].clone();
    let second = ask_once(&fake, "search_tools", json!({"query": "file", "limit": 1, "cursor": cursor}));
    assert_eq!(second["structuredContent"]["tools"][0]["name"], "write_file");
    assert_eq!(second["structuredContent"].get("nextCursor"), None);
}

#[test]
fn wrong_arguments_are_errors_that_say_what_to_do() {
    for (name, arguments, expected) in [
        ("search_tools", json!({"limit": 0}), "must be from 1 to 100"),
        ("search_tools", json!({"cursor": "x"}), "nextCursor"),
        ("search_tools", json!({"serve": "git"}), "unknown field `serve`"),
        ("search_tools", json!({"server": "gti"}), "Did you mean git?"),
        ("list_servers", json!({"x": 1}), "unknown field"),
        ("execute_code", json!({}), "missing field `code`"),
        ("execute_code", json!({"code": 1}), "expected a string"),
        ("execute_code", json!({"code": "1", "timeout_ms": 25_001}), "must be from 1 to 25000"),
        ("execute_code", json!({"code": "x".repeat(300_000)}), "the limit is 262144"),
    ] {
        let result = ask_once(&fake(), name, arguments);
        assert_eq!(result["isError"], true);
        let text = result["content"][0]["text"].as_str().expect("text");
        assert!(text.contains(expected), "{name}: {text}");
    }
}

#[test]
fn a_run_loads_only_the_servers_that_the_script_mentions_and_only_once() {
    let (fake, state) = (fake(), State::default());
    let run = |code: &str| ask(&fake, &state, Settings::default(), "execute_code", json!({"code": code}));
    assert_eq!(run("return 1")["structuredContent"]["result"], json!({"n": 1}));
    assert!(fake.loads.borrow().is_empty());
    run("return tools.git.log()");
    run("return tools.git.log()");
    assert_eq!(*fake.loads.borrow(), [("git".to_string(), vec![]), ("git".to_string(), vec!["log".to_string()])]);
    let program = fake.program.borrow().clone().expect("a program");
    let bound =
        |alias: &str| program.bindings.iter().find(|binding| binding.alias == alias).expect("bound").tools.clone();
    assert_eq!(bound("git"), Some(vec!["log".to_string()]));
    assert_eq!(bound("files"), None);
}

#[test]
fn an_error_shows_the_place_and_the_calls_that_went_through() {
    let mut fake = fake();
    fake.servers.insert("a".to_string(), vec![tool("t")]);
    fake.behaviour = std::cell::RefCell::new(Some(std::rc::Rc::new(|settled: &[_]| {
        if settled.is_empty() {
            return Step::Waiting(vec![call(0, 3)]);
        }
        let position = Some(Position { line: 2, column: 3 });
        let failure = Failure {
            kind: FailureKind::Runtime,
            message: "x is not defined".to_string(),
            position,
            stack: String::new(),
        };
        Step::Finished(Outcome { result: Err(failure), unawaited: Vec::new() })
    })));
    let result = ask_once(&fake, "execute_code", json!({"code": "await tools.a.t()\n  x.y"}));
    assert_eq!(result["isError"], true);
    let error = &result["structuredContent"]["error"];
    assert_eq!((&error["kind"], &error["line"], &error["column"]), (&json!("runtime"), &json!(2), &json!(3)));
    assert_eq!(error["frame"], "2 |   x.y\n  |   ^");
    let text = result["content"][0]["text"].as_str().expect("text");
    assert!(text.starts_with("runtime error: x is not defined\nat line 2, column 3\n2 |   x.y"), "{text}");
    assert!(text.contains("a.t: ok, 3 ms"), "{text}");
    assert_eq!(result["structuredContent"]["calls"], json!([{"server": "a", "tool": "t", "ms": 3, "status": "ok"}]));
}

#[test]
fn a_call_that_cannot_go_well_is_not_sent() {
    let mut fake = fake();
    let strict = "{\"type\":\"object\",\"properties\":{\"ms\":{\"type\":\"string\"}}}".to_string();
    fake.servers.insert("a".to_string(), vec![registry::Tool { input_schema: strict, ..tool("t") }]);
    fake.behaviour = std::cell::RefCell::new(Some(std::rc::Rc::new(|settled: &[Settlement]| match settled {
        [] => Step::Waiting(vec![call(0, 3), ToolCall { tool: "tt".to_string(), number: 1, ..call(0, 3) }]),
        settled => {
            let kinds = settled.iter().map(|one| one.outcome.as_ref().expect_err("refused").kind).collect::<Vec<_>>();
            assert_eq!(kinds, [FailureKind::Arguments, FailureKind::UnknownTool]);
            finished("1")
        }
    })));
    let result = ask_once(&fake, "execute_code", json!({"code": "tools.a.t()"}));
    assert_eq!(result["structuredContent"]["calls"][0]["status"], "not_sent");
    assert!(fake.sent.borrow().is_empty());
}

#[test]
fn undefined_and_null_differ_and_too_much_is_cut() {
    let settings = Settings { run_result: 500, ..Settings::default() };
    for (result, expected) in [(None, None), (Some("null"), Some(json!(null)))] {
        let fake = Fake::with_session(move |_| {
            Step::Finished(Outcome { result: Ok(result.map(str::to_string)), unawaited: Vec::new() })
        });
        let found = ask(&fake, &State::default(), settings, "execute_code", json!({"code": "1"}));
        assert_eq!(found["structuredContent"].get("result"), expected.as_ref());
        assert_eq!(found["structuredContent"]["truncated"], false);
    }
    let long = json!("x".repeat(5_000)).to_string();
    let fake = Fake::with_session(move |_| finished(&long));
    let found = ask(&fake, &State::default(), settings, "execute_code", json!({"code": "1"}));
    assert_eq!(found["structuredContent"]["truncated"], true);
    assert!(found["structuredContent"]["result"].to_string().len() <= 500);
}

#[test]
fn results_are_learned_after_the_answer_and_shown_by_the_next_search() {
    let mut fake = fake();
    let declared = registry::Tool { output_schema: Some("{}".to_string()), ..tool("u") };
    fake.servers.insert("a".to_string(), vec![tool("t"), declared]);
    fake.behaviour = std::cell::RefCell::new(Some(std::rc::Rc::new(|settled: &[Settlement]| match settled {
        [] => Step::Waiting(vec![call(0, 1), call(1, 1), ToolCall { tool: "u".to_string(), ..call(2, 1) }]),
        _ => finished("1"),
    })));
    let state = State::default();
    fake.others_learned = Some("others".to_string());
    for _ in 0..3 {
        ask(&fake, &state, Settings::default(), "execute_code", json!({"code": "tools.a.t()"}));
        fake.block_on(fake.samples.learn(&fake, &Settings::default()));
    }
    let learned = fake.learned.borrow().clone();
    assert_eq!(learned.len(), 1, "a tool with an output schema needs no learning");
    assert_eq!((learned[0].tool.as_str(), learned[0].own.as_deref()), ("t", Some("6")), "two results each time");
    let agreed: Vec<_> = fake.agreed.take().into_iter().map(|one| (one.tool, one.text.expect("a text"))).collect();
    let agreed: Vec<_> = agreed.iter().map(|(tool, text)| (tool.as_str(), text.as_str())).collect();
    let expected = ["None 2 and others", "Some(\"2\") 4 and others", "Some(\"4\") 6 and others"];
    assert_eq!(agreed, expected.map(|text| ("t", text)));
    fake.learned.borrow_mut()[0].common = Some("what is common".to_string());
    let found = ask(&fake, &state, Settings::default(), "search_tools", json!({"query": "t", "server": "a"}));
    assert_eq!(found["structuredContent"]["tools"][0]["text"], "6, what is common");
    fake.wants_no_samples = true;
    ask(&fake, &state, Settings::default(), "execute_code", json!({"code": "tools.a.t()"}));
    assert!(fake.samples.is_empty());
}

#[test]
fn a_small_catalog_stands_in_the_description_and_a_large_one_does_not() {
    let fake = fake();
    let description = |inline_catalog| {
        let settings = Settings { inline_catalog, ..Settings::default() };
        let code_mode = CodeMode { platform: &fake, state: &State::default(), settings, samples: &fake.samples };
        let tools = fake.block_on(code_mode.list_tools(None)).expect("tools").tools;
        let execute = tools.iter().find(|tool| tool["name"] == "execute_code").cloned().expect("execute_code");
        execute["description"].as_str().expect("text").to_string()
    };
    assert!(description(100).contains("read_file"));
    assert!(!description(1).contains("read_file"));
    assert!(description(1).contains("search_tools"));
}

#[test]
fn servers_can_be_added_where_that_is_allowed() {
    let mut fake = fake();
    let names = |fake: &Fake| -> Vec<String> {
        let (state, settings) = (State::default(), Settings::default());
        let code_mode = CodeMode { platform: fake, state: &state, settings, samples: &fake.samples };
        let page = fake.block_on(code_mode.list_tools(None));
        let tools = page.expect("a page").tools;
        tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_string()).collect()
    };
    assert_eq!(names(&fake), ["list_servers", "search_tools", "execute_code"]);
    fake.adds_servers = true;
    assert_eq!(names(&fake)[3..], ["add_server", "remove_server"]);
    let added = ask_once(&fake, "add_server", json!({"alias": "web", "url": "https://example.com/mcp"}));
    assert_eq!(added["structuredContent"], json!({"alias": "web", "tools": 2}));
    assert_eq!(*fake.sent.borrow(), ["add web https://example.com/mcp"]);
    let refused = ask_once(&fake, "remove_server", json!({"alias": "git"}));
    assert_eq!(refused["isError"], true);
    assert_eq!(refused["content"][0]["text"], "There is no server \"git\" that you added.");
    assert_eq!(ask_once(&fake, "add_server", json!({"alias": "web"}))["isError"], true);
}
