//! The loop that drives a run (code-mode.md, "Scripts" and "Limits"), on a clock that jumps.

use crate::fake::{Fake, call, finished};
use code_mode::{
    run::{CallStatus, Pace, Report, Script, run},
    settings::Settings,
};
use contracts::execution::{FailureKind, Outcome, Step};
use std::{cell::Cell, rc::Rc};

fn drive(fake: &Fake, timeout_ms: u64) -> Report {
    let script = Script { code: String::new(), bindings: Vec::new(), timeout_ms, spent_ms: 0 };
    fake.block_on(run(fake, fake, &Pace::default(), &Settings::default(), script, &()))
}

/// Issues all calls at first, and is done when all have settled.
fn all_at_once(count: u32, ms: impl Fn(u32) -> u64 + 'static) -> Fake {
    let open = Cell::new(None);
    Fake::with_session(move |settled| {
        let Some(left) = open.get() else {
            open.set(Some(count as usize));
            return Step::Waiting((0..count).map(|number| call(number, ms(number))).collect());
        };
        open.set(Some(left - settled.len()));
        if left == settled.len() { finished("1") } else { Step::Waiting(Vec::new()) }
    })
}

#[test]
fn ten_calls_of_10_ms_take_10_ms() {
    let fake = all_at_once(10, |_| 10);
    let report = drive(&fake, 1_000);
    assert_eq!(fake.elapsed_ms(), 10);
    assert_eq!(report.duration_ms, 10);
    assert_eq!(report.calls.len(), 10);
    assert!(report.calls.iter().all(|call| (call.ms, call.status) == (10, CallStatus::Ok)));
}

#[test]
fn at_most_the_set_number_is_in_flight_and_the_rest_go_in_order() {
    let fake = all_at_once(40, |_| 10);
    drive(&fake, 1_000);
    assert_eq!(fake.most_under_way.get(), 16);
    assert_eq!(fake.elapsed_ms(), 30);
    assert_eq!(fake.sent.borrow().len(), 40);
}

#[test]
fn the_script_goes_on_with_whichever_call_ends_first() {
    let order = Rc::new(std::cell::RefCell::new(Vec::new()));
    let seen = order.clone();
    let fake = Fake::with_session(move |settled| {
        seen.borrow_mut().extend(settled.iter().map(|one| (one.number, one.elapsed_ms)));
        match seen.borrow().len() {
            0 => Step::Waiting(vec![call(0, 30), call(1, 10), call(2, 20)]),
            3 => finished("1"),
            _ => Step::Waiting(Vec::new()),
        }
    });
    drive(&fake, 1_000);
    assert_eq!(*order.borrow(), [(1, 10), (2, 20), (0, 30)]);
}

#[test]
fn a_run_ends_at_its_timeout_and_says_what_was_sent() {
    let fake = all_at_once(18, |number| if number == 0 { 10 } else { 60_000 });
    let report = drive(&fake, 100);
    assert_eq!(fake.elapsed_ms(), 100);
    let failure = report.result.expect_err("a timeout");
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert!(failure.message.contains("100 ms"), "{}", failure.message);
    assert_eq!((report.calls[0].status, report.calls[0].ms), (CallStatus::Ok, 10));
    assert_eq!((report.calls[1].status, report.calls[1].ms), (CallStatus::Cancelled, 100));
    assert_eq!((report.calls[16].status, report.calls[16].ms), (CallStatus::Cancelled, 90));
    assert_eq!(report.calls[17].status, CallStatus::NotSent);
    assert_eq!(fake.dropped.get(), 16, "calls under way are cancelled");
}

#[test]
fn a_script_whose_calls_are_always_ready_ends_at_its_timeout_too() {
    let number = Cell::new(0);
    let fake = Fake::with_session(move |_| {
        number.set(number.get() + 1);
        Step::Waiting(vec![call(number.get() - 1, 1)])
    });
    assert_eq!(drive(&fake, 100).result.expect_err("a timeout").kind, FailureKind::Timeout);
    assert_eq!(fake.elapsed_ms(), 100);
}

#[test]
fn what_was_spent_on_loading_counts_and_the_message_names_the_whole_limit() {
    let fake = all_at_once(1, |_| 60_000);
    let script = Script { code: String::new(), bindings: Vec::new(), timeout_ms: 100, spent_ms: 30 };
    let report = fake.block_on(run(&fake, &fake, &Pace::default(), &Settings::default(), script, &()));
    assert_eq!(fake.elapsed_ms(), 70);
    assert!(report.result.expect_err("a timeout").message.contains("100 ms"));
}

#[test]
fn dropping_a_run_cancels_its_calls() {
    let fake = all_at_once(3, |_| 1_000);
    {
        let script = Script { code: String::new(), bindings: Vec::new(), timeout_ms: 5_000, spent_ms: 0 };
        let (pace, settings) = (Pace::default(), Settings::default());
        let run = run(&fake, &fake, &pace, &settings, script, &());
        let given_up = fake.block_on(futures::future::select(Box::pin(run), Box::pin(code_mode_sleep(&fake, 50))));
        assert!(matches!(given_up, futures::future::Either::Right(_)));
    }
    assert_eq!((fake.under_way.get(), fake.dropped.get()), (0, 3));
}

async fn code_mode_sleep(fake: &Fake, ms: u64) {
    use code_mode::platform::Clock;
    fake.sleep_ms(ms).await;
}

#[test]
fn a_failed_call_and_an_unawaited_one_are_reported() {
    let fake = Fake::with_session(|settled| match settled.len() {
        0 => {
            let mut down = call(0, 5);
            down.arguments = "{\"ms\": 5}".to_string();
            Step::Waiting(vec![down, call(1, 5)])
        }
        _ => Step::Finished(Outcome { result: Ok(None), unawaited: vec![1] }),
    });
    let report = drive(&fake, 1_000);
    assert_eq!(report.calls[0].status, CallStatus::Error);
    assert_eq!((report.calls[1].status, report.calls[1].unawaited), (CallStatus::Ok, true));
    assert_eq!(report.result, Ok(None));
}

#[test]
fn a_session_that_waits_for_nothing_ends() {
    let fake = Fake::with_session(|_| Step::Waiting(Vec::new()));
    assert_eq!(drive(&fake, 1_000).result.expect_err("an error").kind, FailureKind::Unsettled);
    assert_eq!(fake.elapsed_ms(), 0);
}
