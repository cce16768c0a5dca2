//! Scripts over a platform with the tool `a.t`, and what an agent gets from them.

use crate::fake::{Fake, tool};
use code_mode::{State, settings::Settings};
use contracts::execution::{Outcome, Settlement, Step, ToolCall};
use serde_json::{Value, json};
use std::cell::Cell;

/// A script that answers settlements with this.
pub fn script(behaviour: impl Fn(&[Settlement]) -> Step + 'static) -> Fake {
    let mut fake = Fake::with_session(behaviour);
    fake.servers.insert("a".to_string(), vec![tool("t")]);
    fake
}

/// Makes calls that take this long, all at first, and is done when all have settled.
pub fn all_at_once(all_ms: impl Into<Vec<u64>>) -> Fake {
    let (all_ms, open) = (all_ms.into(), Cell::new(None));
    script(move |settled| {
        let Some(left) = open.get() else {
            open.set(Some(all_ms.len()));
            return Step::Waiting((0..).zip(&all_ms).map(|(number, ms)| call(number, *ms)).collect());
        };
        open.set(Some(left - settled.len()));
        if left == settled.len() { finished("1") } else { Step::Waiting(Vec::new()) }
    })
}

/// A call of `a.t` that takes that long and succeeds.
pub fn call(number: u32, ms: u64) -> ToolCall {
    let arguments = json!({"ms": ms, "result": {"number": number}}).to_string();
    ToolCall { number, server: "a".to_string(), tool: "t".to_string(), arguments }
}

pub fn finished(result: &str) -> Step {
    Step::Finished(Outcome { result: Ok(Some(result.to_string())), unawaited: Vec::new() })
}

/// The structured content of the run's answer.
pub fn run(fake: &Fake, code: &str, timeout_ms: u64) -> Value {
    let arguments = json!({"code": code, "timeout_ms": timeout_ms});
    fake.ask(&State::default(), Settings::default(), "execute_code", &arguments)["structuredContent"].take()
}

/// The milliseconds and the status of each call of a run.
pub fn calls(run: &Value) -> Vec<(u64, &str)> {
    let calls = run["calls"].as_array().expect("a list").iter();
    calls.map(|call| (call["ms"].as_u64().expect("a number"), call["status"].as_str().expect("a word"))).collect()
}
