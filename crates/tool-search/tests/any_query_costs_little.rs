//! Queries and tools of hostile length: only so much of them is looked at, and all are answered.

mod support;

use support::{corpus, index};
use tool_search::{Document, Index, MAX_QUERY_CHARACTERS, Ranked};

fn document<'a>(name: &'a str, text: &'a str, parameters: &'a [String]) -> Document<'a> {
    Document { server: "server", name, title: Some(text), description: Some(text), parameters }
}

fn all(index: &Index, query: &str) -> Ranked {
    index.search(query, None, 0, usize::MAX)
}

#[test]
fn the_end_of_a_long_query_is_not_looked_at() {
    let corpus = corpus();
    let index = index(&corpus);
    let start = format!("{:<MAX_QUERY_CHARACTERS$}", "read file");
    let found = all(&index, &start);
    assert!(found.total > 0);
    assert_eq!(all(&index, &format!("{start}{}", "issue ".repeat(100_000))), found);
    assert_ne!(all(&index, "read file issue"), found, "nearer to the start it counts");
}

#[test]
fn no_more_than_24_words_of_a_query_are_looked_at() {
    let index = Index::new(&[document("first", "", &[]), document("last", "", &[])]);
    let unknown = |count: usize| (0..count).map(|number| format!("zz{number} ")).collect::<String>();
    assert_eq!(all(&index, &format!("{}last", unknown(10))).tools, [1]);
    assert_eq!(all(&index, &format!("{}last", unknown(24))).total, 0);
}

#[test]
fn long_words_count_as_their_start() {
    let index = Index::new(&[document(&"f".repeat(1_000_000), "", &[])]);
    for length in [32, 33, 1_000_000] {
        assert_eq!(all(&index, &"f".repeat(length)).total, 1, "{length}");
    }
}

#[test]
fn the_end_of_a_long_text_is_not_indexed() {
    let text = format!("{} found {} hidden {}", "word ".repeat(100), "word ".repeat(400), "word ".repeat(1_000_000));
    let index = Index::new(&[document("a", &text, &[])]);
    assert_eq!([all(&index, "found").total, all(&index, "hidden").total], [1, 0]);
}

#[test]
fn hostile_queries_are_answered() {
    let corpus = corpus();
    let index = index(&corpus);
    for query in ["\u{0}", "😀", "'; DROP TABLE", "((((", "a\u{301}", "ﬁle", "İstanbul", "*/", "**"] {
        let found = index.search(query, None, usize::MAX, usize::MAX);
        assert!(found.tools.is_empty() && found.total <= corpus.len(), "{query}");
    }
    assert_eq!(all(&index, "zzzzzzzz").total, 0);
}

#[test]
fn hostile_tools_are_indexed() {
    let parameters: Vec<String> = (0..100).map(|n| format!("parameter{n}")).collect();
    let long = "x".repeat(1_000_000);
    let index = Index::new(&["", "😀", "\u{0}", &long].map(|name| document(name, "word", &parameters)));
    assert_eq!(all(&index, "word").total, 4);
    assert_eq!(all(&Index::new(&[]), "word").total, 0);
}
