//! Calls are issued at once and in order; a driver may settle them in any order, in any groups, and wrongly.

mod support;

use javascript::{FailureKind, Outcome, Session, Step, ToolCall};
use serde_json::{Value, json};
use support::{answer, gives, program, run, settled, tool_failure};

const THREE: &str = "const order = [];
    const call = async (n) => { const got = await tools.up.echo({ n }); order.push(n); return got };
    const all = await Promise.all([call(0), call(1), call(2)]);
    return { order, all }";

/// Takes a session to its first step.
fn started(code: &str) -> (Session, Vec<ToolCall>) {
    let mut session = Session::new(program(code));
    match session.resume(Vec::new()) {
        Step::Waiting(calls) => (session, calls),
        Step::Finished(outcome) => panic!("it is over: {outcome:?}"),
    }
}

fn finished(step: Step) -> Outcome {
    match step {
        Step::Finished(outcome) => outcome,
        Step::Waiting(calls) => panic!("it waits, and has issued {calls:?}"),
    }
}

fn value(outcome: Outcome) -> Value {
    let text = outcome.result.expect("a result").expect("a value");
    serde_json::from_str(&text).expect("JSON")
}

fn numbers(calls: &[ToolCall]) -> Vec<u32> {
    calls.iter().map(|call| call.number).collect()
}

#[test]
fn calls_are_issued_together_and_numbered() {
    let (_session, calls) = started(THREE);
    assert_eq!(numbers(&calls), [0, 1, 2]);
    for (index, call) in calls.iter().enumerate() {
        assert_eq!((call.server.as_str(), call.tool.as_str()), ("up", "echo"));
        assert_eq!(call.arguments, format!("{{\"n\":{index}}}"));
    }
}

#[test]
fn any_order_settles_the_right_calls() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let expected = json!({"order": order, "all": ["zero", "one", "two"]});
        let settlement = |number: u32| gives(number, ["\"zero\"", "\"one\"", "\"two\""][number as usize]);
        let (mut session, _) = started(THREE);
        for number in &order[..2] {
            assert_eq!(session.resume(vec![settlement(*number)]), Step::Waiting(Vec::new()), "for the others");
        }
        assert_eq!(value(finished(session.resume(vec![settlement(order[2])]))), expected, "one by one");
        let (mut session, _) = started(THREE);
        assert_eq!(value(finished(session.resume(order.map(settlement).to_vec()))), expected, "all at once");
    }
}

#[test]
fn a_settlement_leads_to_the_next_calls() {
    let (mut session, calls) =
        started("const a = await tools.up.echo({ n: 1 }); const b = await tools.up.echo({ n: a + 1 }); return [a, b]");
    assert_eq!(numbers(&calls), [0]);
    let Step::Waiting(calls) = session.resume(vec![gives(0, "41")]) else { panic!("it is over") };
    assert_eq!((calls[0].number, calls[0].arguments.as_str()), (1, "{\"n\":42}"));
    assert_eq!(value(finished(session.resume(vec![gives(1, "2")]))), json!([41, 2]));
}

#[test]
fn the_first_of_a_race_wins_and_the_others_are_waited_for() {
    let (mut session, calls) = started("return Promise.race([tools.up.echo(), tools.up.say(), tools.up.echo()])");
    assert_eq!(calls.len(), 3);
    assert_eq!(session.resume(vec![gives(1, "\"fast\"")]), Step::Waiting(Vec::new()));
    assert_eq!(session.resume(vec![gives(2, "2")]), Step::Waiting(Vec::new()));
    let outcome = finished(session.resume(vec![settled(0, Err(tool_failure("too late")))]));
    assert_eq!(outcome.unawaited, [0, 2]);
    assert_eq!(value(outcome), json!("fast"));
}

#[test]
fn unknown_and_second_settlements_are_ignored() {
    let (mut session, _) = started("const a = await tools.up.echo(); const b = await tools.up.echo(); return [a, b]");
    assert_eq!(session.resume(vec![gives(7, "1"), gives(u32::MAX, "1")]), Step::Waiting(Vec::new()));
    assert_eq!(session.resume(Vec::new()), Step::Waiting(Vec::new()));
    assert!(matches!(session.resume(vec![gives(0, "\"a\""), gives(0, "\"twice\"")]), Step::Waiting(_)));
    assert_eq!(session.resume(vec![settled(0, Err(tool_failure("again")))]), Step::Waiting(Vec::new()));
    let last = session.resume(vec![gives(1, "\"b\""), gives(1, "\"twice\""), gives(2, "1")]);
    assert_eq!(value(finished(last)), json!(["a", "b"]));
}

#[test]
fn a_session_that_is_over_repeats_its_last_step() {
    for code in ["return tools.up.echo()", "await tools.up.echo(); throw new Error('x')"] {
        let (mut session, _) = started(code);
        let last = session.resume(vec![gives(0, "1")]);
        assert!(matches!(last, Step::Finished(_)));
        for again in [Vec::new(), vec![gives(0, "2")], vec![gives(1, "2")]] {
            assert_eq!(session.resume(again), last, "{code}");
        }
        assert!(session.take_logs().is_empty());
    }
}

#[test]
fn a_call_that_is_settled_before_it_is_handed_out_is_not_made() {
    // So a journal may be replayed in one go: what it holds is not done again.
    let code =
        "const a = await tools.up.echo(); const b = await tools.up.echo({ a }); return [a, b, await tools.up.say()]";
    let mut session = Session::new(program(code));
    let Step::Waiting(calls) = session.resume(vec![gives(0, "1"), gives(1, "2")]) else { panic!("it is over") };
    assert_eq!(numbers(&calls), [2]);
    assert_eq!(value(finished(session.resume(vec![gives(2, "3")]))), json!([1, 2, 3]));
}

#[test]
fn calls_that_nobody_awaits_run_to_their_end_and_are_told() {
    for (code, unawaited, result) in [
        ("tools.up.echo(); return 1", vec![0], json!(1)),
        ("tools.up.fail(); return 1", vec![0], json!(1)),
        ("tools.up.echo(); await tools.up.say(); return 1", vec![], json!(1)),
        ("tools.up.echo().then(() => console.log('then')); return 1", vec![0], json!(1)),
        ("tools.up.echo().then(() => tools.up.say()); return 1", vec![0, 1], json!(1)),
        ("tools.up.echo().finally(() => { tools.up.say(); tools.up.say() }); return 1", vec![0, 1, 2], json!(1)),
        ("await tools.up.echo(); return 1", vec![], json!(1)),
    ] {
        let ran = run(code);
        assert_eq!((ran.value(), &ran.outcome.unawaited), (result, &unawaited), "{code}");
    }
    assert_eq!(run("tools.up.echo().then(() => console.log('then')); return 1").log_texts(), ["then"]);
}

#[test]
fn a_script_that_fails_waits_for_its_calls_too() {
    let (mut session, calls) = started("tools.up.echo(); throw new Error('x')");
    assert_eq!(numbers(&calls), [0]);
    let outcome = finished(session.resume(vec![gives(0, "1")]));
    assert_eq!(outcome.result.map_err(|failure| failure.kind), Err(FailureKind::Runtime));
    assert_eq!(outcome.unawaited, [0]);
}

#[test]
fn a_session_can_be_dropped_at_any_step() {
    drop(Session::new(program("1")));
    let (session, _) = started(THREE);
    drop(session);
    let (mut session, _) = started(THREE);
    session.resume(vec![gives(1, "1")]);
    drop(session);
    support::assert_next_is_healthy("dropped sessions");
}

#[test]
fn sessions_that_take_turns_do_not_meet() {
    let code =
        |n: u32| format!("globalThis.own = {n}; const got = await tools.up.echo(); return [own, got, Math.random()]");
    let mut sessions: Vec<Session> = (0..5).map(|n| Session::new(program(&code(n)))).collect();
    for session in &mut sessions {
        session.resume(Vec::new());
    }
    let mut randoms = Vec::new();
    for (n, session) in sessions.iter_mut().enumerate().rev() {
        let got = value(finished(session.resume(vec![gives(0, &n.to_string())])));
        assert_eq!((&got[0], &got[1]), (&json!(n), &json!(n)));
        randoms.push(got[2].clone());
    }
    assert!(randoms.iter().all(|random| random == &randoms[0]), "of the same seed: {randoms:?}");
    assert_eq!(support::run_program(program(THREE), answer).calls.len(), 3);
}
