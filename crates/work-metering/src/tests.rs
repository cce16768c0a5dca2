use wasmparser::{Operator, Parser, Payload, Validator};

use crate::{module, uncounted::List};

/// A module that can count, with one more function, `f`.
fn with(function: &str) -> Vec<u8> {
    let text = format!(
        "(module
            (memory 1)
            (global (export \"bobbin_work\") i32 (i32.const 2000))
            (func (export \"bobbin_count\") (param i32))
            (func (export \"bobbin_copy\") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
            (func (export \"bobbin_fill\") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
            (func $trace (export \"__sanitizer_cov_trace_pc\"))
            {function})"
    );
    wat::parse_str(text).expect("a module")
}

/// The functions that the last function of a module calls, once it counts.
fn calls_of(function: &str, list: &str) -> Vec<u32> {
    let list = List::read(list).expect("a list");
    let counted = module::count(&with(function), &list, true).expect("it can be counted").expect("it counts");
    Validator::new().validate_all(&counted).expect("it is still a module");
    let bodies = Parser::new(0).parse_all(&counted).filter_map(|payload| match payload.expect("a section") {
        Payload::CodeSectionEntry(body) => Some(body),
        _ => None,
    });
    let operators = bodies.last().expect("a function").get_operators_reader().expect("operators");
    let called = operators.into_iter().filter_map(|operator| match operator.expect("an operator") {
        Operator::Call { function_index } => Some(function_index),
        _ => None,
    });
    called.collect()
}

const COUNT: u32 = 0;
const COPY: u32 = 1;
const FILL: u32 = 2;
const TRACE: u32 = 3;

#[test]
fn a_loop_counts() {
    assert_eq!(calls_of("(func $f (loop (br 0)))", ""), [COUNT, COUNT], "where it begins and each time round");
    let two = "(func $f (param i32) (loop (loop (br_if 0 (local.get 0)) (br_if 1 (local.get 0)))))";
    assert_eq!(calls_of(two, "").len(), 2, "what counts in the inner loop counts for the outer one");
    let table = "(func $f (param i32) (loop (block (br_table 0 1 0 (local.get 0)))))";
    assert_eq!(calls_of(table, ""), [COUNT, COUNT]);
}

#[test]
fn what_counts_already_is_left() {
    assert_eq!(calls_of("(func $f (loop (call $trace) (br 0)))", ""), [TRACE]);
    let directly = "(func $f (param i64) (loop (i64.store offset=2000 (i32.const 0) (local.get 0)) (br 0)))";
    assert_eq!(calls_of(directly, ""), []);
}

#[test]
fn a_way_round_without_counting_is_found() {
    let one_of_two = "(func $f (param i32) (loop (if (local.get 0) (then (call $trace))) (br 0)))";
    assert_eq!(calls_of(one_of_two, ""), [TRACE, COUNT]);
    let both = "(func $f (param i32) (loop (if (local.get 0) (then (call $trace)) (else (call $trace))) (br 0)))";
    assert_eq!(calls_of(both, ""), [TRACE, TRACE]);
    let passed_over = "(func $f (param i32) (loop (block (br_if 0 (local.get 0)) (call $trace)) (br 0)))";
    assert_eq!(calls_of(passed_over, ""), [TRACE, COUNT]);
}

#[test]
fn moving_memory_counts_by_its_length() {
    let copy = "(func $f (param i32) (call $trace) (memory.copy (i32.const 0) (i32.const 8) (local.get 0)))";
    assert_eq!(calls_of(copy, ""), [TRACE, COPY]);
    let fill = "(func $f (param i32) (call $trace) (memory.fill (i32.const 0) (i32.const 8) (local.get 0)))";
    assert_eq!(calls_of(fill, ""), [TRACE, FILL]);
    let fixed = "(func $f (call $trace) (memory.copy (i32.const 0) (i32.const 8) (i32.const 64)))";
    assert_eq!(calls_of(fixed, ""), [TRACE]);
}

#[test]
fn large_functions_and_blocks_count_more() {
    let work = "(global.set $g (i32.div_s (global.get $g) (global.get $g)))".repeat(9);
    let global = "(global $g (mut i32) (i32.const 0))";
    assert_eq!(calls_of(&format!("{global} (func $f {work})"), ""), [COUNT]);
    assert_eq!(calls_of(&format!("{global} (func $f (global.set $g (i32.const 1)))"), ""), []);
    assert_eq!(calls_of(&format!("{global} (func $f (call $trace) {work})"), ""), [COUNT], "in place of one");
}

#[test]
fn what_is_listed_is_left() {
    assert_eq!(calls_of("(func $f (loop (br 0)))", "f: never called"), []);
}

#[test]
fn a_module_that_does_not_count_is_left() {
    let list = List::read("").expect("a list");
    let module = wat::parse_str("(module (func (loop (br 0))))").expect("a module");
    assert_eq!(module::count(&module, &list, true), Ok(None));
    let half = wat::parse_str("(module (func (export \"bobbin_count\") (param i32)))").expect("a module");
    assert!(module::count(&half, &list, true).is_err(), "it says what is missing");
    assert!(module::count(b"no module", &list, true).is_err());
}

#[test]
fn operators_of_unknown_cost_are_refused() {
    let list = List::read("").expect("a list");
    let vectors = with("(func $f (drop (v128.const i32x4 0 0 0 0)))");
    assert!(module::count(&vectors, &list, true).is_err());
}
