//! What a script prints: readable structure, in order, with its level, without side effects, and never too much.
//!
//! `fixtures/logs/` has scripts, and beside each what they print.

mod support;

use std::path::Path;

use javascript::{FailureKind, Limits, LogLevel, Session, Step};
use serde_json::json;
use support::{LIMITS, gives, program, run, run_within};

#[test]
fn values_are_shown_as_in_their_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/logs");
    for name in ["structure", "errors"] {
        let script = std::fs::read_to_string(folder.join(name).with_extension("js")).expect("a script");
        let expected = std::fs::read_to_string(folder.join(name).with_extension("txt")).unwrap_or_default();
        let got: String = run(&script).log_texts().iter().map(|line| format!("{line}\n")).collect();
        assert!(got == expected, "{name}:\n{got}");
    }
}

#[test]
fn every_function_has_its_level() {
    let code = "console.debug(1); console.log(2); console.info(3); console.warn(4); console.error(5);
        console.assert(true, 'no'); console.assert(1 > 2, 'six'); console.trace(7); console.dir({ n: 8 }); console.table([9]);
        console.group('ten'); console.groupEnd(); console.time('x'); console.timeEnd('x'); const { log } = console; log(11)";
    let logs = run(code).logs;
    let lines: Vec<(LogLevel, &str)> = logs.iter().map(|line| (line.level, line.text.as_str())).collect();
    use LogLevel::{Debug, Error, Info, Log, Warn};
    let expected = [
        (Debug, "1"),
        (Log, "2"),
        (Info, "3"),
        (Warn, "4"),
        (Error, "5"),
        (Error, "six"),
        (Debug, "7"),
        (Log, "{ n: 8 }"),
        (Log, "[ 9 ]"),
        (Log, "ten"),
        (Log, "11"),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn lines_come_in_order_and_once() {
    let mut session = Session::new(program("console.log('a'); await tools.up.say(); console.log('b'); return 1"));
    let taken =
        |session: &mut Session| -> Vec<String> { session.take_logs().into_iter().map(|line| line.text).collect() };
    assert!(taken(&mut session).is_empty());
    session.resume(Vec::new());
    assert_eq!(taken(&mut session), ["a"]);
    assert!(taken(&mut session).is_empty());
    assert!(matches!(session.resume(vec![gives(0, "1")]), Step::Finished(_)));
    assert_eq!(taken(&mut session), ["b"]);
}

#[test]
fn a_script_that_fails_keeps_its_lines() {
    for (code, kind) in [
        ("console.log('before'); throw new Error('x')", FailureKind::Runtime),
        ("console.log('before'); for (;;);", FailureKind::Compute),
        ("console.log('before'); const all = []; for (;;) all.push([all])", FailureKind::Memory),
        ("console.log('before'); (function f() { f() })()", FailureKind::Stack),
        ("console.log('before'); await new Promise(() => {})", FailureKind::Unsettled),
        ("console.log('before'); return 1n", FailureKind::Result),
    ] {
        let ran = run_within(Limits { compute_steps: 2_000_000, memory_bytes: 4 << 20, ..LIMITS }, code);
        assert_eq!((ran.kind(), ran.log_texts()), (Some(kind), vec!["before"]), "{code}");
    }
}

#[test]
fn printing_runs_no_code_of_the_script() {
    let code = "let ran = 0; const run = () => { ran++; throw new Error('ran') };
        const traps = new Proxy({}, { get: () => run });
        console.log(new Proxy({ a: 1 }, traps), new Proxy([1], traps), new Proxy(() => {}, traps));
        console.log({ get a() { return run() }, toString: run, toJSON: run, [Symbol.toPrimitive]: run, inspect: run });
        const error = new Error('x'); Object.defineProperty(error, 'message', { get: run }); Object.defineProperty(error, 'stack', { get: run });
        console.log(error, Object.create({ get constructor() { return run() } }));
        console.log({ __proto__: new Proxy({}, traps) }, { constructor: { get name() { return run() } } });
        Map.prototype.entries = Set.prototype.values = Date.prototype.toISOString = RegExp.prototype.toString = run;
        Object.getPrototypeOf(new Map().keys()).next = run; Array.prototype.join = Array.prototype.map = run;
        console.log(new Map([[1, 2]]), new Set([1]), new Date(0), /a/, [1]);
        console.log('%s %d %i %f', { toString: run }, { valueOf: run }, { valueOf: run }, { valueOf: run });
        return ran";
    let ran = run(code);
    assert_eq!(ran.value(), json!(0));
    assert_eq!(ran.logs.len(), 6, "{:?}", ran.logs);
    assert_eq!(ran.logs[4].text, "Map(1) { 1 => 2 } Set(1) { 1 } 1970-01-01T00:00:00.000Z /a/ [ 1 ]");
}

#[test]
fn only_so_many_bytes_are_kept() {
    let limits = Limits { log_bytes: 100, ..LIMITS };
    let texts =
        |code: &str| -> Vec<String> { run_within(limits, code).logs.into_iter().map(|line| line.text).collect() };
    let notice = |what: &str| format!("… {what} cut or left out: a run may log 100 bytes");
    assert_eq!(texts("console.log('x'.repeat(100))"), ["x".repeat(100)]);
    assert_eq!(texts("console.log('x'.repeat(101))"), ["x".repeat(100) + "…", notice("1 line was")]);
    assert_eq!(
        texts("for (let i = 0; i < 5; i++) console.log('x'.repeat(60))"),
        ["x".repeat(60), "x".repeat(40) + "…", notice("4 lines were"),]
    );
    assert_eq!(
        texts("console.log('ü'.repeat(51))"),
        ["ü".repeat(50) + "…", notice("1 line was")],
        "no half characters"
    );
    assert_eq!(texts("console.log('x'.repeat(99) + 'ü')"), ["x".repeat(99) + "…", notice("1 line was")]);
    let ran = run_within(limits, "for (let i = 0; i < 1000; i++) console.log(i); return 1");
    assert_eq!((ran.value(), ran.logs.last().expect("a line").level), (json!(1), LogLevel::Warn));
    assert!(ran.logs.iter().map(|line| line.text.len()).sum::<usize>() < 200, "{:?}", ran.logs);
}

#[test]
fn huge_values_are_cut_before_they_are_printed() {
    for (code, most) in [
        ("console.log(Array(1e5).fill('text'))", 2_000),
        ("console.log(Array(90).fill(Array(90).fill(Array(90).fill(Array(90).fill('text')))))", 100_000),
        ("const o = {}; for (let i = 0; i < 1e4; i++) o['k' + i] = i; console.log(o)", 3_000),
        ("const a = new Map(); for (let i = 0; i < 1e4; i++) a.set(i, i); console.log(a)", 3_000),
        (
            "const wide = Array(100).fill(0).map(() => ({})); let o = wide; for (let i = 0; i < 6; i++) o = Array(100).fill(o); console.log(o)",
            100_000,
        ),
        ("console.log('x'.repeat(1e6))", 32_800),
    ] {
        let ran = run(code);
        assert!(ran.kind().is_none(), "{code}: {ran:?}");
        assert!(ran.logs[0].text.len() <= most, "{code}: {} bytes", ran.logs[0].text.len());
    }
}

#[test]
fn a_storm_of_lines_ends_by_compute() {
    let ran = run_within(Limits { compute_steps: 200_000, ..LIMITS }, "for (;;) console.log({ a: [1, 2, 3] })");
    assert_eq!(ran.kind(), Some(FailureKind::Compute));
}
