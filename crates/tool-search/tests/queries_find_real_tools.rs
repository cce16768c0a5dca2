//! The table of `queries.txt` over the tool lists of real servers: which tool must come first, or in the first three.

mod support;

use support::{corpus, index};

struct Row<'a> {
    position: usize,
    query: &'a str,
    tools: Vec<&'a str>,
}

fn row(line: &str) -> Row<'_> {
    let (position, rest) = line.split_once("  ").expect("a position comes first");
    let tools: Vec<&str> = rest.split_whitespace().filter(|word| word.contains('/')).collect();
    let query = rest[..rest.find(tools[0]).expect("a tool comes last")].trim();
    Row { position: position.parse().expect("a position is a number"), query, tools }
}

#[test]
fn queries_find_the_tool_that_is_meant() {
    let corpus = corpus();
    assert!(corpus.len() >= 300, "{} tools", corpus.len());
    let index = index(&corpus);
    let full_name = |tool: usize| format!("{}/{}", corpus[tool].server, corpus[tool].name);
    let known: Vec<String> = (0..corpus.len()).map(full_name).collect();
    let table = include_str!("queries.txt");
    let rows: Vec<Row> = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(row).collect();
    assert!(rows.len() >= 60, "{} queries", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        for tool in &row.tools {
            assert!(known.iter().any(|name| name == tool), "{tool} is in the corpus");
        }
        let found: Vec<String> = index.search(row.query, None, 0, 5).tools.into_iter().map(full_name).collect();
        if !found.iter().take(row.position).any(|name| row.tools.contains(&name.as_str())) {
            wrong.push(format!("{:?} must find {:?} in the first {}: {found:?}", row.query, row.tools, row.position));
        }
    }
    assert!(wrong.is_empty(), "{} queries:\n{}", wrong.len(), wrong.join("\n"));
}
