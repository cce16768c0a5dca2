//! Queries and tools of hostile length, and a thousand tools.

mod support;

use std::time::{Duration, Instant};
use support::{Tool, corpus, index};
use tool_search::{Document, Index};

/// A build without optimisation, on a machine that does other things too.
const SLOWNESS: u32 = if cfg!(debug_assertions) { 40 } else { 8 };

#[test]
fn a_thousand_tools_are_indexed_in_milliseconds_and_searched_in_less() {
    let corpus = corpus();
    let tools: Vec<&Tool> = corpus.iter().cycle().take(1_000).collect();
    let start = Instant::now();
    let index = index(tools);
    let built = start.elapsed();
    let start = Instant::now();
    for _ in 0..20 {
        assert!(index.search("creat a pull reqest", None, 0, 10).total > 0);
    }
    let searched = start.elapsed() / 20;
    assert!(built < Duration::from_millis(10) * SLOWNESS, "{built:?}");
    assert!(searched < Duration::from_millis(1) * SLOWNESS, "{searched:?}");
}

#[test]
fn hostile_queries_are_answered() {
    let corpus = corpus();
    let index = index(&corpus);
    let long = "file ".repeat(100_000);
    let word = "f".repeat(1_000_000);
    for query in
        [long.as_str(), &word, "\u{0}", "😀", "'; DROP TABLE", "((((", "a\u{301}", "ﬁle", "İstanbul", "*/", "**"]
    {
        let start = Instant::now();
        index.search(query, None, usize::MAX, usize::MAX);
        assert!(start.elapsed() < Duration::from_millis(5) * SLOWNESS, "{:.20}: {:?}", query, start.elapsed());
    }
    assert!(index.search(&long, None, 0, 1).total > 0);
    assert_eq!(index.search("zzzzzzzz", None, 0, 10).total, 0);
}

#[test]
fn hostile_tools_are_indexed() {
    let (name, text) = ("x".repeat(1_000_000), "word ".repeat(1_000_000));
    let parameters: Vec<String> = (0..100).map(|n| format!("parameter{n}")).collect();
    let tool =
        |server, name| Document { server, name, title: Some(&text), description: Some(&text), parameters: &parameters };
    let start = Instant::now();
    let index = Index::new(&[tool("", ""), tool("\u{0}", "😀"), tool("s", &name)]);
    assert!(start.elapsed() < Duration::from_millis(50) * SLOWNESS, "{:?}", start.elapsed());
    assert_eq!(index.search("word", None, 0, 10).total, 3);
    assert_eq!(Index::new(&[]).search("word", None, 0, 10).total, 0);
}
