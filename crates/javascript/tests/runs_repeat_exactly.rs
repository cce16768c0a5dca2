//! The same program with the same settlements is the same run: steps, logs, time, chance and compute.

mod support;

use javascript::{Limits, LogLine, Program, Seed, Session, Settlement, Step};
use serde_json::{Value, json};
use support::{LIMITS, NOW_MS, answer, gives, program, run, run_program, settled, tool_failure};

const BUSY: &str = "const seen = [Date.now(), Math.random()];
    const all = await Promise.allSettled([tools.up.echo({ n: Math.random() }), tools.up.fail(), tools.up.echo({ at: new Date() })]);
    console.log(all, new Date(), performance.now());
    for (let i = 0; i < 1000; i++) seen.push(Math.random());
    const order = new Set(); await Promise.race([1, 2, 3].map(async (n) => { await null; order.add(n) }));
    tools.up.say().then(() => console.log(Date.now()));
    return { seen, order: [...order], keys: Object.keys({ b: 1, a: 2, 1: 3 }), sorted: [3, 1, 2].sort(() => Math.random() - 0.5) }";

/// Settlements, group by group, in an order that is not that of the calls.
fn journal() -> Vec<Vec<Settlement>> {
    let late = |elapsed_ms: u64, settlement: Settlement| Settlement { elapsed_ms, ..settlement };
    vec![
        Vec::new(),
        vec![late(17, gives(2, "{\"z\":[1]}"))],
        vec![late(18, settled(1, Err(tool_failure("disk full")))), late(18, gives(0, "null"))],
        vec![late(40, gives(3, "\"said\""))],
    ]
}

/// Every step, and what was to be seen after it.
fn replay(program: Program, journal: Vec<Vec<Settlement>>) -> Vec<(Step, Vec<LogLine>, u64)> {
    let mut session = Session::new(program);
    let step = |settled| (session.resume(settled), session.take_logs(), session.steps_used());
    journal.into_iter().map(step).collect()
}

#[test]
fn a_replay_is_the_same_step_by_step() {
    let first = replay(program(BUSY), journal());
    assert!(matches!(first.last(), Some((Step::Finished(outcome), ..)) if outcome.result.is_ok()), "{first:?}");
    for _ in 0..3 {
        assert_eq!(replay(program(BUSY), journal()), first);
    }
    // What ran before or meanwhile on the same thread makes no difference.
    run("Math.random(); for (let i = 0; i < 1e5; i++); Symbol.for('x'); return 1");
    assert_eq!(replay(program(BUSY), journal()), first);
    let elsewhere = std::thread::spawn(|| replay(program(BUSY), journal())).join().expect("it does not panic");
    assert_eq!(elsewhere, first);
}

#[test]
fn a_script_that_a_limit_ends_ends_at_the_same_place() {
    let code = "let n = 0; while (true) { n++; if (n % 1000 === 0) console.log(n) }";
    let limits = Limits { compute_steps: 54_321, ..LIMITS };
    let first = replay(Program { limits, ..program(code) }, vec![Vec::new()]);
    assert_eq!(replay(Program { limits, ..program(code) }, vec![Vec::new()]), first);
    let code = "const all = []; try { for (;;) all.push([all.length]) } catch { return all.length }";
    let limits = Limits { memory_bytes: 2 << 20, ..LIMITS };
    let first = replay(Program { limits, ..program(code) }, vec![Vec::new()]);
    assert_eq!(replay(Program { limits, ..program(code) }, vec![Vec::new()]), first);
}

#[test]
fn another_seed_is_another_run() {
    let with = |seed: Seed| run_program(Program { seed, ..program("[Math.random(), Date.now()]") }, answer).value();
    let one = with(Seed { random: 1, now_ms: 1_000 });
    assert_eq!(one, with(Seed { random: 1, now_ms: 1_000 }));
    let other = with(Seed { random: 2, now_ms: 2_000 });
    assert_ne!(one[0], other[0]);
    assert_eq!((&one[1], &other[1]), (&json!(1_000), &json!(2_000)));
}

#[test]
fn chance_is_even() {
    let code =
        "const counts = Array(10).fill(0); for (let i = 0; i < 10000; i++) counts[Math.floor(Math.random() * 10)]++;
        return counts";
    let counts = run(code).value();
    let counts: Vec<u64> = counts.as_array().expect("a list").iter().filter_map(Value::as_u64).collect();
    assert_eq!(counts.iter().sum::<u64>(), 10_000, "every number lies in [0, 1)");
    assert!(counts.iter().all(|count| (800..1_200).contains(count)), "{counts:?}");
}

#[test]
fn time_begins_with_the_seed_and_goes_on_with_settlements() {
    let code = "const times = [Date.now()]; for (let i = 0; i < 1e5; i++); times.push(Date.now());
        for (let i = 0; i < 4; i++) { await tools.up.say(); times.push(Date.now()) } return times.map((t) => t - times[0])";
    let mut session = Session::new(program(code));
    session.resume(Vec::new());
    let mut last = None;
    // Time never goes back.
    for (number, elapsed_ms) in [(0, 5), (1, 250), (2, 100), (3, 251)] {
        last = Some(session.resume(vec![Settlement { elapsed_ms, ..gives(number, "1") }]));
    }
    let Some(Step::Finished(outcome)) = last else { panic!("it waits") };
    assert_eq!(outcome.result, Ok(Some("[0,0,5,250,250,251]".to_string())));
}

#[test]
fn dates_work() {
    for (code, expected) in [
        ("Date.now()", json!(NOW_MS)),
        ("new Date().toISOString()", json!("2025-01-02T03:04:05.678Z")),
        ("new Date().getTime() === +new Date && typeof Date() === 'string' && Date().includes('2025')", json!(true)),
        ("Date(0) === Date()", json!(true)),
        ("new Date(2020, 1, 29, 12).getMonth()", json!(1)),
        ("new Date('2020-02-29T12:00:00Z').toJSON()", json!("2020-02-29T12:00:00.000Z")),
        ("new Date(new Date(5)).getTime()", json!(5)),
        ("[Date.UTC(2020, 0), Date.parse('2020-01-01')]", json!([1_577_836_800_000_u64, 1_577_836_800_000_u64])),
        (
            "[new Date() instanceof Date, Date.name, Date.length, new Date().constructor === Date]",
            json!([true, "Date", 7, true]),
        ),
        (
            "class Day extends Date { day() { return this.toISOString().slice(0, 10) } } new Day(0).day()",
            json!("1970-01-01"),
        ),
        ("Reflect.construct(Date, [0], Object).getTime === undefined", json!(true)),
        ("new Date(NaN).getTime()", json!(null)),
        ("new Date().getTimezoneOffset()", json!(0)),
        ("[performance.now(), performance.timeOrigin]", json!([0, NOW_MS])),
        ("let a = Date.now(); Date.now = () => 5; [Date.now(), +new Date() === a]", json!([5, true])),
    ] {
        assert_eq!(run(code).value(), expected, "{code}");
    }
}
