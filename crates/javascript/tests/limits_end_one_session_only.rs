//! Every limit ends a session with an error of its own, at once, and the next session is as healthy as ever.

mod support;

use javascript::{FailureKind, Limits, Program, Session, Step};
use serde_json::json;
use support::{LIMITS, Ran, answer, assert_next_is_healthy, program, run, run_program, run_within};

/// Scripts that compute without end. Native builds count loops and calls only.
const ENDLESS: &[&str] = &[
    "while (true) {}",
    "for (;;);",
    "do {} while (1)",
    "while (true) { try { throw 1 } catch {} }",
    "while (true) { try { continue } finally { } }",
    "(function f() { try { while (true) {} } catch { f() } finally { f() } })()",
    "for (const x of (function* () { for (;;) yield 1 })()) x",
    "for (;;) await null",
    "const f = () => Promise.resolve().then(f); await f()",
    "const f = async () => { await null; return f() }; f(); return 1",
    "[3, 1, 2].sort(() => { for (;;); })",
    "'a'.replace(/a/, () => { for (;;); })",
    "return { toJSON() { for (;;); } }",
    "return { get a() { for (;;); } }",
    "await { then() { for (;;); } }",
    "tools.up.echo({ get a() { for (;;); } })",
    "JSON.parse('[1]', () => { for (;;); })",
    "JSON.stringify({}, () => { for (;;); })",
    "console.log(new Proxy({}, { ownKeys() { for (;;); } })); for (;;);",
    "new (class { constructor() { for (;;); } })()",
    "class A { static { for (;;); } }",
    "Array.from({ *[Symbol.iterator]() { for (;;) yield } })",
    "[].indexOf.call({ length: 2 ** 53 }, 1)",
    "Array.prototype.fill.call({ length: 2 ** 53 }, 1)",
    "/^(a+)+$/.test('a'.repeat(40) + 'b')",
    "'a'.repeat(40).match(/(a*)*b/)",
    "[...new Array(1e6)].forEach(() => { for (let i = 0; i < 1e6; i++); })",
];

#[test]
fn compute_that_is_used_up_ends_the_script() {
    let limits = Limits { compute_steps: 300_000, ..LIMITS };
    for code in ENDLESS {
        let ran = run_within(limits, code);
        assert_eq!(ran.kind(), Some(FailureKind::Compute), "{code}: {ran:?}");
        assert_eq!(ran.failure().message, "the script used up its 300000 steps of compute", "{code}");
        assert!((300_000..1_000_000).contains(&ran.steps_used), "{code}: {}", ran.steps_used);
        assert_next_is_healthy(code);
    }
}

#[test]
fn no_handler_sees_that_compute_is_used_up() {
    let limits = Limits { compute_steps: 100_000, ..LIMITS };
    for code in [
        "try { for (;;); } catch { console.log('caught') } finally { console.log('finally') }",
        "await (async () => { for (;;); })().catch(() => console.log('caught'))",
        "Promise.resolve().then(() => { for (;;); }).finally(() => console.log('finally')); await tools.up.say()",
        "process = { on() {} }; try { [1].map(() => { for (;;); }) } catch { console.log('caught') }",
        "function* g() { try { for (;;); } finally { console.log('finally') } } [...g()]",
    ] {
        let ran = run_within(limits, code);
        assert_eq!((ran.kind(), ran.log_texts()), (Some(FailureKind::Compute), vec![]), "{code}");
    }
}

#[test]
fn the_place_where_compute_ran_out_is_told() {
    let ran = run_within(
        Limits { compute_steps: 10_000, ..LIMITS },
        "let n = 0;\nfunction spin() {\n    for (;;) n++;\n}\nspin()",
    );
    assert_eq!(ran.failure().position.expect("a place").line, 3, "{ran:?}");
    assert!(ran.failure().stack.contains("spin") && ran.failure().stack.lines().count() == 2, "{ran:?}");
}

#[test]
fn waiting_costs_no_compute() {
    let code = "for (let i = 0; i < 40; i++) await tools.up.say(); return 1";
    let ran = run_within(Limits { compute_steps: 20_000, ..LIMITS }, code);
    assert_eq!(ran.value(), json!(1));
}

#[test]
fn compute_that_ends_after_the_result_takes_it_back() {
    let code = "tools.up.say().then(() => { for (;;); }); return 1";
    let ran = run_within(Limits { compute_steps: 50_000, ..LIMITS }, code);
    assert_eq!(ran.kind(), Some(FailureKind::Compute));
}

/// Scripts that want more memory than there is.
const GREEDY: &[&str] = &[
    "const all = []; for (;;) all.push({ n: all.length })",
    "const all = []; for (;;) all.push('x'.repeat(1000) + all.length)",
    "let s = 'x'; for (;;) { s += s + 1; s.codePointAt(s.length - 1) }",
    "new ArrayBuffer(64 * 1024 * 1024)",
    "new Uint8Array(1e9)",
    "const all = []; for (;;) all.push(new Float64Array(1000))",
    "'x'.repeat(2 ** 28)",
    "'x'.padEnd(2 ** 28)",
    "new Array(1e5).fill(0).map((_, i) => ({ i }))",
    "const map = new Map(); for (let i = 0; ; i++) map.set(i, [i])",
    "const o = {}; for (let i = 0; ; i++) o['key' + i] = i",
    "const all = []; for (;;) all.push(() => all)",
    "const all = []; for (;;) all.push(new Promise(() => {}))",
    "let f = null; for (;;) { const g = f; f = () => g }",
    "return 'x'.repeat(3e6).split('').map(() => 'xxxxxxxx')",
    "const x = 'x'.repeat(1e6); return Array(40).fill(x)",
    "const x = 'x'.repeat(1e6); return JSON.stringify(Array(40).fill(x))",
    "console.log('x'.repeat(2 ** 28))",
    "await tools.up.echo({ s: 'x'.repeat(2 ** 28) })",
];

#[test]
fn memory_that_is_used_up_ends_the_script() {
    for code in GREEDY {
        let ran = run_within(Limits { memory_bytes: 4 << 20, ..LIMITS }, code);
        assert_eq!(ran.kind(), Some(FailureKind::Memory), "{code}: {ran:?}");
        let message = &ran.failure().message;
        let own = ["the script needs more than its 4194304 bytes of memory", "the result does not fit into memory"];
        assert!(own.contains(&message.as_str()), "{code}: {message}");
        assert_next_is_healthy(code);
    }
}

#[test]
fn a_script_may_catch_that_memory_is_short_and_go_on() {
    let code =
        "let name; try { const all = []; for (;;) all.push({ n: all.length }) } catch (error) { name = error.message }
        return [name, (await tools.up.echo({ n: 1 })).n]";
    assert_eq!(run_within(Limits { memory_bytes: 4 << 20, ..LIMITS }, code).value(), json!(["out of memory", 1]));
}

#[test]
fn a_lack_of_memory_at_any_place_is_survived() {
    // What QuickJS does next where an allocation fails has been wrong: see `engine::scarcity`.
    let scripts = [
        "const o = {}; for (let i = 0; ; i++) o['key' + i] = i",
        "const storm = async () => { await null; storm(); storm() }; await storm(); await new Promise(() => {})",
        "for (;;) { try { const all = []; for (;;) all.push({ all, [all.length]: 1 }) } catch {} }",
        "class A { x = new A() } try { new A() } catch {} const all = []; for (;;) all.push(new Map([[all, new Error('x')]]))",
        "async function* g() { for (;;) yield [g()] } const all = []; for await (const x of g()) all.push(x)",
    ];
    for code in scripts {
        for step in 0..25 {
            let limits = Limits { memory_bytes: (1 << 20) + step * 60_013, compute_steps: 150_000, ..LIMITS };
            let ran = run_within(limits, code);
            assert!(
                matches!(ran.kind(), Some(FailureKind::Memory | FailureKind::Compute)),
                "{limits:?} {code}: {ran:?}"
            );
        }
        assert_next_is_healthy(code);
    }
}

#[test]
fn a_result_of_a_tool_that_does_not_fit_rejects() {
    let ran = run_program(
        Program { limits: Limits { memory_bytes: 2 << 20, ..LIMITS }, ..program("await tools.up.echo()") },
        |_| Ok(format!("[{}0]", "{\"name\":\"value\"},".repeat(100_000))),
    );
    assert_eq!(ran.kind(), Some(FailureKind::Memory), "{ran:?}");
}

#[test]
fn one_call_too_many_rejects() {
    let limits = Limits { calls: 3, ..LIMITS };
    let ran = run_within(limits, "for (let i = 0; i < 10; i++) await tools.up.echo({ i })");
    assert_eq!((ran.kind(), ran.calls.len()), (Some(FailureKind::Calls), 3));
    assert_eq!(ran.failure().message, "a run may make 3 calls, and this one has made them");
    let code = "const all = await Promise.allSettled(Array.from({ length: 5 }, (_, i) => tools.up.echo({ i })));
        return all.map(({ status }) => status[0])";
    let ran = run_within(limits, code);
    assert_eq!((ran.value(), ran.calls.len()), (json!(["f", "f", "f", "r", "r"]), 3));
    // What is refused for another reason is none of the three.
    let code = "const no = () => {}; await tools.up.nothing().catch(no); await tools.up.echo(1).catch(no);
        for (let i = 0; i < 3; i++) await tools.up.echo(); return 1";
    assert_eq!(run_within(limits, code).value(), json!(1));
    assert_eq!(run_within(Limits { calls: 0, ..LIMITS }, "await tools.up.echo()").kind(), Some(FailureKind::Calls));
    assert_next_is_healthy("too many calls");
}

#[test]
fn steps_are_told_and_grow() {
    let mut session =
        Session::new(program("for (let i = 0; i < 1000; i++); await tools.up.say(); for (let i = 0; i < 5000; i++);"));
    let Step::Waiting(_) = session.resume(Vec::new()) else { panic!("it is over") };
    let before = session.steps_used();
    assert!((1_000..5_000).contains(&before), "{before}");
    session.resume(vec![support::gives(0, "1")]);
    let after = session.steps_used();
    assert!((before + 5_000..before + 20_000).contains(&after), "{after}");
}

#[test]
fn a_limit_in_one_session_does_not_touch_another_under_way() {
    let mut session = Session::new(program("const a = await tools.up.echo(); return [a, await tools.up.say()]"));
    session.resume(Vec::new());
    for code in ["for (;;);", "let s = 'x'; for (;;) s += s", "const f = () => f(); f()"] {
        let ran: Ran = run_within(Limits { compute_steps: 100_000, memory_bytes: 2 << 20, ..LIMITS }, code);
        assert!(ran.kind().is_some(), "{code}");
    }
    session.resume(vec![support::gives(0, "1")]);
    let Step::Finished(outcome) = session.resume(vec![support::gives(1, "2")]) else { panic!("it waits") };
    assert_eq!(outcome.result, Ok(Some("[1,2]".to_string())));
    assert_eq!(run("return 1").value(), json!(1));
    assert_eq!(run_program(program("return 2"), answer).value(), json!(2));
}
