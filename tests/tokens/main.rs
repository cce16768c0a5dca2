//! What an agent pays in tokens (characters / 4) for tools behind Bobbin, beside direct MCP, as the table of
//! `docs/tokens.md`. The tools are those of real servers; `scripts/tokens` builds what it needs and runs it.

use serde_json::{Value, json};
use tests::client::Client;
use tests::corpus;
use tests::gateway::Gateway;

/// How many tools there are in all.
const TOOLS: [usize; 3] = [10, 100, 1_000];

/// What is searched for; the figure is the mean.
const QUERIES: [&str; 5] = ["read file", "create issue", "send message", "current time", "list tables"];

fn main() {
    tests::run_for_long(async {
        println!(
            "| tools | direct MCP, `tools/list` | Bobbin, `tools/list` | search, `name` | search, `signature` | search, `full` |"
        );
        println!("|---|---|---|---|---|---|");
        for count in TOOLS {
            println!("{}", row(&corpus::tools(count)).await);
        }
    });
}

async fn row(tools: &[Value]) -> String {
    let (_upstreams, servers) = corpus::serve(tools).await;
    let gateway = Gateway::start(&servers).await;
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
