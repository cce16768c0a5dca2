//! What an agent pays in tokens (characters / 4) for tools behind Bobbin, beside direct MCP, as the table of
//! `docs/tokens.md`. The tools are those of real servers; `scripts/tokens` builds what it needs and runs it.

use std::path::Path;

use serde_json::{Value, json};
use tests::client::Client;
use tests::gateway::Gateway;
use tests::project;
use tests::upstream::{Stopwatch, servers};

/// How many tools there are in all.
const TOOLS: [usize; 3] = [10, 100, 1_000];

/// Tools of one server at the most.
const PER_SERVER: usize = 20;

/// What is searched for; the figure is the mean.
const QUERIES: [&str; 5] = ["read file", "create issue", "send message", "current time", "list tables"];

fn main() {
    tests::run_for_long(async {
        println!(
            "| tools | direct MCP, `tools/list` | Bobbin, `tools/list` | search, `name` | search, `signature` | search, `full` |"
        );
        println!("|---|---|---|---|---|---|");
        for count in TOOLS {
            println!("{}", row(&corpus(count)).await);
        }
    });
}

/// So many tools of the corpus, over and over with other names when there are fewer.
fn corpus(count: usize) -> Vec<Value> {
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

async fn row(tools: &[Value]) -> String {
    let mut upstreams = Vec::new();
    for part in tools.chunks(PER_SERVER) {
        upstreams.push(Stopwatch::start_listing(part).await);
    }
    let aliases: Vec<String> = (1..=upstreams.len()).map(|number| format!("server{number}")).collect();
    let entries = aliases.iter().zip(&upstreams).map(|(alias, upstream)| (alias.as_str(), upstream.url()));
    let gateway = Gateway::start(&servers(entries)).await;
    let client = gateway.client();

    let direct = tokens(&json!(tools));
    let listed = tokens(&client.request("tools/list", json!({})).await["result"]["tools"]);
    let mut found = Vec::new();
    for detail in ["name", "signature", "full"] {
        found.push(mean_of_searches(&client, detail).await.to_string());
    }
    format!("| {} | {direct} | {listed} | {} |", tools.len(), found.join(" | "))
}

async fn mean_of_searches(client: &Client, detail: &str) -> usize {
    let mut sum = 0;
    for query in QUERIES {
        let arguments = json!({"query": query, "detail": detail});
        let response = client.request("tools/call", json!({"name": "search_tools", "arguments": arguments})).await;
        let text = response["result"]["content"][0]["text"].as_str().expect("search_tools answers with text");
        sum += text.chars().count();
    }
    sum / QUERIES.len() / 4
}

fn tokens(value: &Value) -> usize {
    value.to_string().chars().count() / 4
}
