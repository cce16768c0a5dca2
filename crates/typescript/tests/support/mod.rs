//! Tools to declare: the fixtures of this crate and the corpus of real servers.
#![allow(dead_code)] // Each test uses its part.

pub mod hostile;

use learned_types::Learned;
use serde_json::Value;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use tool_names::{Scope, callable};
use typescript::{Declaration, Detail, Listing, ResultSchema, Tool};

/// Both details, with the names under which tests keep them.
pub const DETAILS: [(Detail, &str); 2] = [(Detail::Signature, "signature"), (Detail::Full, "full")];

/// A server with its tools, as `tools/list` gives them; a tool may have `results` to be learned from.
pub struct Server {
    pub alias: String,
    pub tools: Vec<Value>,
}

impl Server {
    /// Calls `take` with every tool, under the identifiers that scripts use.
    fn each<T>(&self, take: impl Fn(Tool) -> T) -> Vec<T> {
        let servers = Scope::new([self.alias.as_str()]);
        let names = Scope::new(self.tools.iter().map(name));
        let with = |tool: &Value| {
            let input_schema = tool.get("inputSchema").map_or_else(|| "{}".to_string(), text_of);
            let output_schema = tool.get("outputSchema").map(text_of);
            let learned = tool.get("results").map(learned);
            take(Tool {
                server: servers.identifier(&self.alias).expect("it is in scope"),
                name: names.identifier(name(tool)).expect("it is in scope"),
                title: tool["title"].as_str(),
                description: tool["description"].as_str(),
                input_schema: &input_schema,
                result: match (&output_schema, &learned) {
                    (Some(schema), _) => ResultSchema::Declared(schema),
                    (None, Some((schema, note))) => ResultSchema::Learned { schema, note },
                    (None, None) => ResultSchema::Unknown,
                },
            })
        };
        self.tools.iter().map(with).collect()
    }

    /// The declaration of each tool by itself.
    pub fn each_hit(&self, detail: Detail) -> Vec<String> {
        self.each(|tool| Declaration::new(&tool, detail).text())
    }

    /// What an agent sees when all tools are hits of a search: their declarations side by side.
    pub fn hits(&self, detail: Detail) -> String {
        self.each_hit(detail).concat()
    }

    /// What an agent sees when all tools are listed together.
    pub fn listing(&self, detail: Detail) -> String {
        let listing = RefCell::new(Listing::new(detail, usize::MAX));
        self.each(|tool| listing.borrow_mut().add(&tool));
        listing.into_inner().text().expect("the budget is endless")
    }

    /// The expressions that reach the tools.
    pub fn callables(&self) -> Vec<String> {
        self.each(|tool| callable(tool.server, tool.name))
    }
}

fn name(tool: &Value) -> &str {
    tool["name"].as_str().expect("a tool has a name")
}

/// The schema that is learned from results, and the note that goes with it.
fn learned(results: &Value) -> (Value, String) {
    let mut learned = Learned::default();
    results.as_array().into_iter().flatten().for_each(|result| learned.observe(result, 1_785_542_400_000));
    (learned.schema(), learned.note())
}

/// A schema given as a string is taken for its text, so that texts that are no JSON can be tested.
fn text_of(schema: &Value) -> String {
    schema.as_str().map_or_else(|| schema.to_string(), str::to_string)
}

/// The tool lists of real servers, kept by `tool-search`.
pub fn corpus() -> Vec<Server> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tool-search/tests/corpus");
    let files = sorted(&folder).into_iter().filter(|file| file.extension().is_some_and(|it| it == "json"));
    files.map(|file| server(&file, &stem(&file))).collect()
}

/// The folders of `tests/fixtures`.
pub fn fixtures() -> Vec<PathBuf> {
    sorted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"))
}

/// The tools of a fixture, as tools of a server `fixture`.
pub fn fixture(folder: &Path) -> Server {
    server(&folder.join("tools.json"), "fixture")
}

/// The last part of a path, without its extension.
pub fn stem(path: &Path) -> String {
    path.file_stem().expect("it has a name").to_string_lossy().into_owned()
}

fn server(file: &Path, alias: &str) -> Server {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let list: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let tools = list["tools"].as_array().unwrap_or_else(|| panic!("{}: no tools", file.display()));
    Server { alias: alias.to_string(), tools: tools.clone() }
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    paths
}
