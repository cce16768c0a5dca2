//! The JSON Schema Test Suite, as `suite/README.md` describes it.

use argument_check::Schema;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const REMOTE: &str = "needs another document, and nothing is fetched";
const METASCHEMA: &str = "needs the metaschema, which is another document";
const UNICODE: &str = "needs tables of Unicode properties, which are too large";
const CONTENT: &str = "content keywords are annotations, as in 2020-12";
const DIALECT: &str = "has a dialect of its own, which is not known";

/// Groups in which something is accepted that does not fit, and why. Nothing that fits may be rejected, not even here.
const ACCEPT_TOO_MUCH: &[(&str, &str, &str)] = &[
    ("draft2020-12/defs.json", "validate definition against metaschema", METASCHEMA),
    ("draft2020-12/dynamicRef.json", "$ref and $dynamicAnchor are independent of order - $defs first", REMOTE),
    ("draft2020-12/dynamicRef.json", "$ref and $dynamicAnchor are independent of order - $ref first", REMOTE),
    ("draft2020-12/dynamicRef.json", "$ref to $dynamicRef finds detached $dynamicAnchor", REMOTE),
    ("draft2020-12/dynamicRef.json", "strict-tree schema, guards against misspelled properties", REMOTE),
    ("draft2020-12/dynamicRef.json", "tests for implementation dynamic anchor and reference link", REMOTE),
    ("draft2020-12/optional/ecmascript-regex.json", "pattern with non-ASCII digits", UNICODE),
    ("draft2020-12/optional/ecmascript-regex.json", "patternProperties with non-ASCII digits", UNICODE),
    ("draft2020-12/optional/ecmascript-regex.json", "patterns always use unicode semantics with pattern", UNICODE),
    (
        "draft2020-12/optional/ecmascript-regex.json",
        "patterns always use unicode semantics with patternProperties",
        UNICODE,
    ),
    ("draft2020-12/ref.json", "remote ref, containing refs itself", METASCHEMA),
    ("draft2020-12/refRemote.json", "$ref to $ref finds detached $anchor", REMOTE),
    ("draft2020-12/refRemote.json", "Location-independent identifier in remote ref", REMOTE),
    ("draft2020-12/refRemote.json", "anchor within remote ref", REMOTE),
    ("draft2020-12/refRemote.json", "base URI change", REMOTE),
    ("draft2020-12/refRemote.json", "base URI change - change folder", REMOTE),
    ("draft2020-12/refRemote.json", "base URI change - change folder in subschema", REMOTE),
    ("draft2020-12/refRemote.json", "fragment within remote ref", REMOTE),
    ("draft2020-12/refRemote.json", "ref within remote ref", REMOTE),
    ("draft2020-12/refRemote.json", "remote HTTP ref with different $id", REMOTE),
    ("draft2020-12/refRemote.json", "remote HTTP ref with different URN $id", REMOTE),
    ("draft2020-12/refRemote.json", "remote HTTP ref with nested absolute ref", REMOTE),
    ("draft2020-12/refRemote.json", "remote ref", REMOTE),
    ("draft2020-12/refRemote.json", "remote ref with ref to defs", REMOTE),
    ("draft2020-12/refRemote.json", "retrieved nested refs resolve relative to their URI not $id", REMOTE),
    ("draft2020-12/refRemote.json", "root ref in remote ref", REMOTE),
    ("draft2020-12/vocabulary.json", "ignore unrecognized optional vocabulary", DIALECT),
    ("draft2020-12/vocabulary.json", "schema that uses custom metaschema with with no validation vocabulary", DIALECT),
    ("draft7/definitions.json", "validate definition against metaschema", METASCHEMA),
    ("draft7/optional/content.json", "validation of binary string-encoding", CONTENT),
    ("draft7/optional/content.json", "validation of binary-encoded media type documents", CONTENT),
    ("draft7/optional/content.json", "validation of string-encoded content based on media type", CONTENT),
    ("draft7/optional/cross-draft.json", "refs to future drafts are processed as future drafts", REMOTE),
    ("draft7/optional/ecmascript-regex.json", "pattern with non-ASCII digits", UNICODE),
    ("draft7/optional/ecmascript-regex.json", "patternProperties with non-ASCII digits", UNICODE),
    ("draft7/optional/ecmascript-regex.json", "patterns always use unicode semantics with pattern", UNICODE),
    ("draft7/optional/ecmascript-regex.json", "patterns always use unicode semantics with patternProperties", UNICODE),
    ("draft7/ref.json", "remote ref, containing refs itself", METASCHEMA),
    ("draft7/refRemote.json", "$ref to $ref finds location-independent $id", REMOTE),
    ("draft7/refRemote.json", "Location-independent identifier in remote ref", REMOTE),
    ("draft7/refRemote.json", "base URI change", REMOTE),
    ("draft7/refRemote.json", "base URI change - change folder", REMOTE),
    ("draft7/refRemote.json", "base URI change - change folder in subschema", REMOTE),
    ("draft7/refRemote.json", "fragment within remote ref", REMOTE),
    ("draft7/refRemote.json", "ref within remote ref", REMOTE),
    ("draft7/refRemote.json", "remote ref", REMOTE),
    ("draft7/refRemote.json", "remote ref with ref to definitions", REMOTE),
    ("draft7/refRemote.json", "retrieved nested refs resolve relative to their URI not $id", REMOTE),
    ("draft7/refRemote.json", "root ref in remote ref", REMOTE),
];

/// What a group got wrong.
#[derive(Default)]
struct Wrong {
    rejected: Vec<String>,
    accepted: Vec<String>,
}

#[test]
fn each_group_gives_what_the_suite_says() {
    let mut all: BTreeMap<(String, String), Wrong> = BTreeMap::new();
    let mut tests = 0;
    for (draft, dialect) in [
        ("draft2020-12", "https://json-schema.org/draft/2020-12/schema"),
        ("draft7", "http://json-schema.org/draft-07/schema#"),
    ] {
        for file in files(draft) {
            let groups: Vec<Value> =
                serde_json::from_slice(&fs::read(root().join(&file)).expect("a file")).expect("JSON");
            for group in groups {
                let mut schema = group["schema"].clone();
                if let Some(schema) = schema.as_object_mut() {
                    schema.entry("$schema").or_insert(json!(dialect));
                }
                let compiled = Schema::compile(&schema);
                let wrong = all.entry((file.clone(), text(&group))).or_default();
                for test in group["tests"].as_array().expect("tests") {
                    tests += 1;
                    let fits = compiled.as_ref().map_or(true, |schema| schema.check(&test["data"]).is_empty());
                    match test["valid"].as_bool().expect("an answer") {
                        true if !fits => wrong.rejected.push(text(test)),
                        false if fits => wrong.accepted.push(text(test)),
                        _ => {}
                    }
                }
            }
        }
    }
    assert!(tests > 2_000, "{tests}");
    let mut problems = Vec::new();
    for ((file, group), wrong) in &all {
        let excluded = ACCEPT_TOO_MUCH.iter().any(|(f, g, _)| f == file && g == group);
        for test in &wrong.rejected {
            problems.push(format!("rejected: {file}: {group}: {test}"));
        }
        for test in wrong.accepted.iter().filter(|_| !excluded) {
            problems.push(format!("accepted: {file}: {group}: {test}"));
        }
        if excluded && wrong.accepted.is_empty() {
            problems.push(format!("no longer an exception: {file}: {group}"));
        }
    }
    for (file, group, _) in ACCEPT_TOO_MUCH {
        if !all.contains_key(&((*file).to_string(), (*group).to_string())) {
            problems.push(format!("unknown exception: {file}: {group}"));
        }
    }
    assert!(problems.is_empty(), "{} of {tests} tests:\n{}", problems.len(), problems.join("\n"));
}

fn text(of: &Value) -> String {
    of["description"].as_str().expect("a description").to_string()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite")
}

fn files(draft: &str) -> Vec<String> {
    let mut files = Vec::new();
    for folder in [draft.to_string(), format!("{draft}/optional")] {
        for entry in fs::read_dir(root().join(&folder)).expect("a folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("a name");
            if name.ends_with(".json") {
                files.push(format!("{folder}/{name}"));
            }
        }
    }
    files.sort();
    files
}
