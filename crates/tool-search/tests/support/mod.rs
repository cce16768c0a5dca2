//! The tool lists of real servers in `corpus/`.

use serde_json::Value;
use std::fs;
use std::path::Path;
use tool_search::{Document, Index, parameter_names};

/// A tool with what is indexed of it.
pub struct Tool {
    pub server: String,
    pub name: String,
    title: Option<String>,
    description: Option<String>,
    parameters: Vec<String>,
}

/// Every tool of the corpus, in order of server.
pub fn corpus() -> Vec<Tool> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let entries = fs::read_dir(&folder).expect("the corpus is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files.iter().flat_map(|file| tools(file)).collect()
}

fn tools(file: &Path) -> Vec<Tool> {
    let list: Value = serde_json::from_str(&fs::read_to_string(file).expect("it can be read")).expect("it is JSON");
    let server = file.file_stem().expect("it has a name").to_string_lossy();
    let tools = list["tools"].as_array().expect("it lists tools");
    let text = |value: &Value| value.as_str().map(str::to_string);
    let tool = |tool: &Value| Tool {
        server: server.to_string(),
        name: text(&tool["name"]).expect("a tool has a name"),
        title: text(&tool["title"]),
        description: text(&tool["description"]),
        parameters: parameter_names(&tool["inputSchema"].to_string()),
    };
    tools.iter().map(tool).collect()
}

/// An index over tools.
pub fn index<'a>(tools: impl IntoIterator<Item = &'a Tool>) -> Index {
    let documents: Vec<Document> = tools
        .into_iter()
        .map(|tool| Document {
            server: &tool.server,
            name: &tool.name,
            title: tool.title.as_deref(),
            description: tool.description.as_deref(),
            parameters: &tool.parameters,
        })
        .collect();
    Index::new(&documents)
}
