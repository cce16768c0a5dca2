//! Ties and browsing are in order of server and name, whatever the order in which tools come; pages join up.

mod support;

use support::{Tool, corpus, index};
use tool_search::Index;

fn names<'a>(index: &Index, tools: &[&'a Tool], query: &str, server: Option<&str>) -> Vec<(&'a str, &'a str)> {
    let found = index.search(query, server, 0, usize::MAX).tools;
    found.into_iter().map(|tool| (tools[tool].server.as_str(), tools[tool].name.as_str())).collect()
}

#[test]
fn an_empty_query_and_a_star_browse_in_order_of_server_and_name() {
    let corpus = corpus();
    let tools: Vec<&Tool> = corpus.iter().rev().collect();
    let index = index(tools.iter().copied());
    let mut sorted: Vec<(&str, &str)> = tools.iter().map(|tool| (tool.server.as_str(), tool.name.as_str())).collect();
    sorted.sort_unstable();
    for query in ["", "*", "  ", " * "] {
        assert_eq!(names(&index, &tools, query, None), sorted, "{query:?}");
    }
}

#[test]
fn the_order_of_the_tools_does_not_change_the_order_of_the_results() {
    let corpus = corpus();
    let forward: Vec<&Tool> = corpus.iter().collect();
    let backward: Vec<&Tool> = corpus.iter().rev().collect();
    let (one, other) = (index(forward.iter().copied()), index(backward.iter().copied()));
    for query in ["read file", "create", "serch repositries", "get the list of all issues"] {
        let found = names(&one, &forward, query, None);
        assert!(!found.is_empty());
        assert_eq!(found, names(&other, &backward, query, None), "{query}");
    }
}

#[test]
fn a_server_can_be_asked_for_alone() {
    let corpus = corpus();
    let tools: Vec<&Tool> = corpus.iter().collect();
    let index = index(tools.iter().copied());
    let found = names(&index, &tools, "read file", Some("github"));
    assert!(!found.is_empty() && found.iter().all(|(server, _)| *server == "github"), "{found:?}");
    assert_eq!(names(&index, &tools, "*", Some("filesystem")).len(), 14);
    assert_eq!(names(&index, &tools, "*", Some("nobody")), []);
}

#[test]
fn pages_join_up() {
    let corpus = corpus();
    let index = index(&corpus);
    for query in ["create issue", "*"] {
        let whole = index.search(query, None, 0, usize::MAX);
        assert_eq!(whole.total, whole.tools.len());
        let mut joined = Vec::new();
        while joined.len() < whole.total {
            let page = index.search(query, None, joined.len(), 7);
            assert_eq!(page.total, whole.total);
            assert!(!page.tools.is_empty() && page.tools.len() <= 7);
            joined.extend(page.tools);
        }
        assert_eq!(joined, whole.tools);
    }
    assert!(index.search("*", None, corpus.len(), 7).tools.is_empty());
}
