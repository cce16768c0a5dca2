//! Wall time (code-mode.md, "Limits") counts from when the run was asked for, loading included.

use crate::fake::{Fake, tool};
use crate::scripts::{all_at_once, call, calls, finished, run as run_for, script};
use contracts::execution::Step;
use serde_json::{Value, json};
use std::cell::Cell;

const LIMIT_MS: u64 = 100;
const CODE: &str = "tools.a.t()";

fn run(fake: &Fake, code: &str) -> Value {
    run_for(fake, code, LIMIT_MS)
}

fn assert_timed_out(run: &Value) {
    assert_eq!(run["error"]["kind"], "timeout", "{run:#}");
    let message = run["error"]["message"].as_str().expect("text");
    assert!(message.contains("100 ms, its limit of wall time"), "{message}");
    assert_eq!(run["duration_ms"], LIMIT_MS, "{run:#}");
}

#[test]
fn a_run_ends_at_its_limit_and_says_what_was_sent() {
    let fake = all_at_once([&[10][..], &[60_000; 17]].concat());
    let run = run(&fake, CODE);
    assert_timed_out(&run);
    assert_eq!(fake.elapsed_ms(), LIMIT_MS);
    let calls = calls(&run);
    assert_eq!(calls[..2], [(10, "ok"), (100, "cancelled")]);
    assert_eq!(calls[16..], [(90, "cancelled"), (0, "not_sent")]);
    assert_eq!(fake.dropped.get(), 16, "calls under way are cancelled");
}

#[test]
fn a_script_whose_calls_are_always_ready_ends_too() {
    let number = Cell::new(0);
    let fake = script(move |_| {
        number.set(number.get() + 1);
        Step::Waiting(vec![call(number.get() - 1, 1)])
    });
    assert_timed_out(&run(&fake, CODE));
    assert_eq!(fake.elapsed_ms(), LIMIT_MS);
}

#[test]
fn what_loading_takes_counts() {
    let mut fake = all_at_once([50]);
    (fake.list_ms, fake.load_ms) = (10, 20.into());
    assert_eq!(run(&fake, CODE)["duration_ms"], 80);
    let mut fake = all_at_once([60_000]);
    (fake.list_ms, fake.load_ms) = (10, 20.into());
    let run = run(&fake, CODE);
    assert_timed_out(&run);
    assert_eq!(fake.elapsed_ms(), LIMIT_MS);
    assert_eq!(calls(&run), [(70, "cancelled")]);
}

#[test]
fn a_script_that_loading_leaves_no_time_for_is_not_started() {
    for (list_ms, load_ms, words) in [
        (0, 12_000, "loading the tools of \"a\""),
        (0, LIMIT_MS, "loading the tools of \"a\""),
        (60, 40, "loading the tools of \"a\""),
        (12_000, 0, "loading the list of servers"),
    ] {
        let mut fake = all_at_once([1]);
        (fake.list_ms, fake.load_ms) = (list_ms, load_ms.into());
        let run = run(&fake, CODE);
        assert_timed_out(&run);
        assert_eq!(fake.elapsed_ms(), LIMIT_MS, "{list_ms} {load_ms}");
        let message = run["error"]["message"].as_str().expect("text");
        assert!(message.contains(words) && message.ends_with("Nothing was called."), "{message}");
        assert_eq!(run["calls"], json!([]));
        assert!(fake.program.borrow().is_none() && fake.sent.borrow().is_empty());
    }
}

#[test]
fn of_many_servers_the_first_are_named() {
    let mut fake = all_at_once([1]);
    fake.servers = ('a'..='h').map(|alias| (alias.to_string(), vec![tool("t")])).collect();
    fake.load_ms.set(12_000);
    let run = run(&fake, "Object.keys(tools)");
    let message = run["error"]["message"].as_str().expect("text");
    assert!(message.contains(r#"the tools of "a", "b", "c", "d", "e" and 3 more servers left"#), "{message}");
}

#[test]
fn nothing_is_sent_for_a_script_that_has_computed_for_all_its_time() {
    let mut slow = script(|_| finished("1"));
    let now_us = slow.now_us.clone();
    slow.behaviour = Fake::with_session(move |_| {
        now_us.set(now_us.get() + 2 * LIMIT_MS * 1_000);
        Step::Waiting(vec![call(0, 1)])
    })
    .behaviour;
    let run = run(&slow, CODE);
    assert_eq!(run["error"]["kind"], "timeout", "{run:#}");
    assert_eq!(calls(&run)[0].1, "not_sent");
    assert!(slow.sent.borrow().is_empty());
}

#[test]
fn nothing_is_sent_when_the_tools_of_a_server_come_too_late_for_a_call() {
    let fake = all_at_once([1]);
    fake.load_ms.set(LIMIT_MS);
    let run = run(&fake, "return 'mentions no server'");
    assert_timed_out(&run);
    assert_eq!(calls(&run)[0].1, "not_sent");
    assert!(fake.sent.borrow().is_empty());
}
