//! The loop that drives a run (code-mode.md, "Scripts" and "Limits"), on a clock that jumps.

use crate::scripts::{all_at_once, call, calls, finished, run, script};
use code_mode::{CodeMode, State, platform::Clock, settings::Settings};
use contracts::execution::{Outcome, Step};
use futures::future::{Either, select};
use mcp_server::{Service, ToolCall};
use serde_json::json;
use std::{pin::pin, rc::Rc};

const CODE: &str = "tools.a.t()";

#[test]
fn ten_calls_of_10_ms_take_10_ms() {
    let fake = all_at_once([10; 10]);
    let run = run(&fake, CODE, 1_000);
    assert_eq!(fake.elapsed_ms(), 10);
    assert_eq!(run["duration_ms"], 10);
    assert_eq!(calls(&run), [(10, "ok"); 10]);
}

#[test]
fn at_most_the_set_number_is_in_flight_and_the_rest_go_in_order() {
    let fake = all_at_once([10; 40]);
    run(&fake, CODE, 1_000);
    assert_eq!(fake.most_under_way.get(), 16);
    assert_eq!(fake.elapsed_ms(), 30);
    assert_eq!(fake.sent.borrow().len(), 40);
}

#[test]
fn the_script_goes_on_with_whichever_call_ends_first() {
    let order = Rc::new(std::cell::RefCell::new(Vec::new()));
    let seen = order.clone();
    let fake = script(move |settled| {
        seen.borrow_mut().extend(settled.iter().map(|one| (one.number, one.elapsed_ms)));
        match seen.borrow().len() {
            0 => Step::Waiting(vec![call(0, 30), call(1, 10), call(2, 20)]),
            3 => finished("1"),
            _ => Step::Waiting(Vec::new()),
        }
    });
    run(&fake, CODE, 1_000);
    assert_eq!(*order.borrow(), [(1, 10), (2, 20), (0, 30)]);
}

#[test]
fn dropping_a_run_cancels_its_calls() {
    let fake = all_at_once([1_000; 3]);
    {
        let state = State::default();
        let code_mode =
            CodeMode { platform: &fake, state: &state, settings: Settings::default(), samples: &fake.samples };
        let arguments = json!({"code": CODE}).as_object().cloned().expect("an object");
        let run = code_mode.call_tool(ToolCall { name: "execute_code".to_string(), arguments }, &());
        let (run, enough) = (pin!(run), pin!(fake.sleep_ms(50)));
        assert!(matches!(fake.block_on(select(run, enough)), Either::Right(_)));
    }
    assert_eq!((fake.under_way.get(), fake.dropped.get()), (0, 3));
}

#[test]
fn a_failed_call_and_an_unawaited_one_are_reported() {
    let fake = script(|settled| match settled.len() {
        0 => {
            let mut down = call(0, 5);
            down.arguments = "{\"ms\": 5}".to_string();
            Step::Waiting(vec![down, call(1, 5)])
        }
        _ => Step::Finished(Outcome { result: Ok(None), unawaited: vec![1] }),
    });
    let run = run(&fake, CODE, 1_000);
    assert_eq!(calls(&run), [(5, "error"), (5, "ok")]);
    assert_eq!(run["calls"][1]["unawaited"], true);
    assert_eq!((run.get("result"), run.get("error")), (None, None));
}

#[test]
fn a_session_that_waits_for_nothing_ends() {
    let fake = script(|_| Step::Waiting(Vec::new()));
    assert_eq!(run(&fake, CODE, 1_000)["error"]["kind"], "unsettled");
    assert_eq!(fake.elapsed_ms(), 0);
}
