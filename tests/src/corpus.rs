//! The tools of real servers (`crates/tool-search/tests/corpus`), as many as are wanted.

use std::path::Path;

use serde_json::{Value, json};

use crate::project;
use crate::upstream::{Stopwatch, servers};

/// Tools of one server at the most.
const PER_SERVER: usize = 20;

/// So many tools of the corpus, over and over with other names when there are fewer.
///
/// # Panics
/// When the corpus is not there.
pub fn tools(count: usize) -> Vec<Value> {
    let folder = project::path("crates/tool-search/tests/corpus");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let real: Vec<Value> = files.iter().flat_map(|file| tools_of(file)).collect();
    let numbered = |number: usize| {
        let mut tool = real[number % real.len()].clone();
        if number >= real.len() {
            tool["name"] = json!(format!("{}_{}", tool["name"].as_str().expect("a name"), number / real.len() + 1));
        }
        tool
    };
    // Spread over the corpus, so that ten tools are not those of the first server.
    let stride = if count < real.len() { real.len() / count } else { 1 };
    (0..count).map(|number| numbered(number * stride)).collect()
}

fn tools_of(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).expect("a readable file");
    let list: Value = serde_json::from_str(&text).expect("JSON");
    list["tools"].as_array().expect("a list of tools").clone()
}

/// Servers that list these tools, and the `servers` variable that names them `server1`, `server2` and so on.
pub async fn serve(tools: &[Value]) -> (Vec<Stopwatch>, String) {
    let mut upstreams = Vec::new();
    for part in tools.chunks(PER_SERVER) {
        upstreams.push(Stopwatch::start_listing(part).await);
    }
    let aliases: Vec<String> = (1..=upstreams.len()).map(|number| format!("server{number}")).collect();
    let entries = aliases.iter().zip(&upstreams).map(|(alias, upstream)| (alias.as_str(), upstream.url()));
    let variable = servers(entries);
    (upstreams, variable)
}
