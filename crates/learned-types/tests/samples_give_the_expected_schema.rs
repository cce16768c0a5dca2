//! Each file of `samples` holds results of a tool and the schema that is learned from them.
//!
//! `BLESS=1 cargo test -p learned-types` writes the schemas anew, for a look at what a change does.

use learned_types::Learned;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let entries = fs::read_dir(folder).expect("the samples are there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    files.sort();
    assert!(files.len() >= 10, "{} files", files.len());
    files
}

fn read(file: &Path) -> (Vec<Value>, Value) {
    let text = fs::read_to_string(file).expect("it can be read");
    let content: Value = serde_json::from_str(&text).expect("it is JSON");
    (content["samples"].as_array().expect("there are samples").clone(), content["schema"].clone())
}

fn learned(samples: &[Value]) -> Learned {
    let mut learned = Learned::default();
    samples.iter().for_each(|sample| learned.observe(sample, 1));
    learned
}

#[test]
fn samples_give_the_expected_schema() {
    for file in files() {
        let (samples, expected) = read(&file);
        let schema = learned(&samples).schema();
        if std::env::var_os("BLESS").is_some() {
            let content = json!({"samples": samples, "schema": schema});
            fs::write(&file, format!("{content:#}\n")).expect("it can be written");
            continue;
        }
        assert_eq!(schema, expected, "{}", file.display());
    }
}

#[test]
fn samples_can_be_taken_in_apart_and_merged() {
    for file in files() {
        let (samples, expected) = read(&file);
        let (first, rest) = samples.split_at(samples.len() / 2);
        let mut merged = learned(first);
        merged.merge(learned(rest));
        assert_eq!(merged.samples(), samples.len() as u64);
        assert_eq!(merged.schema(), expected, "{}", file.display());
    }
}

#[test]
fn what_is_stored_goes_on_where_it_was() {
    for file in files() {
        let (samples, expected) = read(&file);
        let mut stored = Learned::default().to_json();
        for sample in &samples {
            let mut learned = Learned::from_json(&stored).expect("it was stored");
            learned.observe(sample, 1);
            stored = learned.to_json();
        }
        assert_eq!(Learned::from_json(&stored).expect("it was stored").schema(), expected, "{}", file.display());
    }
}
