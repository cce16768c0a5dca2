//! Every function that a script can reach, called with values of every kind, ends within the limits and leaves nothing
//! behind.
//!
//! Native builds count loop iterations and calls only, so the values are small here, and none is endless. The built
//! interpreter is attacked with large ones in `tests/attacks`.

mod support;

use javascript::{FailureKind, Limits};
use support::{LIMITS, assert_next_is_healthy, run, run_within};

const REALM: &str = include_str!("fixtures/computing/realm.js");
const VALUES: &str = include_str!("fixtures/computing/values.js");
const CALLS: &str = include_str!("fixtures/computing/calls.js");

/// Values that only the built interpreter can stop walking over.
const ENDLESS: &str = "/sparse|array-like|endless|set-like|nested|generator/";

#[test]
fn the_realm_is_walked() {
    let names = run(&format!("{REALM}\nreturn functions.map(([name]) => name)")).value();
    let names: Vec<&str> = names.as_array().expect("names").iter().filter_map(|name| name.as_str()).collect();
    assert!(names.len() > 500, "{}", names.len());
    for name in ["Array.from", "Math.sin", "String.prototype.normalize", "get Map.prototype.size", "JSON.parse"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    assert!(names.iter().any(|name| name.ends_with(".indexOf")), "{names:?}");
}

#[test]
fn each_ends_within_the_limits() {
    let limits = Limits { compute_steps: 2_000_000, ..LIMITS };
    let count = run(&format!("{REALM}\nreturn functions.length")).value().as_u64().expect("a number");
    for index in 0..count {
        let code = format!(
            "const SIZE = 0.0005;\n{REALM}{VALUES}{CALLS}
            const held = receivers(SIZE), f = functions[{index}][1];
            for (const [name, make] of values) if (!{ENDLESS}.test(name)) call(f, make(), held);
            return functions[{index}][0]"
        );
        let ran = run_within(limits, &code);
        let allowed = [None, Some(FailureKind::Compute), Some(FailureKind::Memory), Some(FailureKind::Runtime)];
        assert!(allowed.contains(&ran.kind()), "function {index}: {ran:?}");
    }
    assert_next_is_healthy("all functions");
}
