//! Each folder of `fixtures` holds tools and, at both details, the declarations that an agent sees for them.
//! Its `accepts.ts` and `rejects.ts` are uses that must and must not type-check (`scripts/check-declarations`).
//!
//! `BLESS=1 cargo test -p typescript` writes the declarations anew, for a look at what a change does.

mod support;

use std::fs;
use support::DETAILS;

#[test]
fn declarations_match_their_fixtures() {
    let bless = std::env::var_os("BLESS").is_some();
    let folders = support::fixtures();
    assert!(folders.len() >= 10, "the fixtures are there");
    let mut differing = Vec::new();
    for folder in folders {
        for (detail, name) in DETAILS {
            let file = folder.join(format!("{name}.ts"));
            let declared = support::fixture(&folder).listing(detail);
            if bless {
                fs::write(&file, &declared).expect("it can be written");
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            if declared != expected {
                differing.push(format!("{}:\n{declared}", file.display()));
            }
        }
    }
    assert!(differing.is_empty(), "these differ from what is expected:\n{}", differing.join("\n"));
}
