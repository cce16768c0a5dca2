//! What a search and a listing show, at each detail.

use tool_catalog::{Catalog, Detail, Page, Query, Tool};

fn tool(server: &str, name: &str, description: &str, input_schema: &str) -> Tool {
    Tool {
        server: server.to_string(),
        name: name.to_string(),
        description: Some(description.to_string()),
        input_schema: input_schema.to_string(),
        ..Tool::default()
    }
}

fn catalog() -> Catalog {
    let path = r#"{"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}"#;
    let mut write = tool("my-files", "write-file", "Writes a file. It is overwritten.", path);
    write.output_schema = Some(r#"{"type": "object", "properties": {"bytes": {"type": "integer"}}}"#.to_string());
    Catalog::new(
        &[],
        vec![
            write,
            tool("my-files", "read-file", "Reads a file. Only text.", path),
            tool("clock", "now", "", "no JSON"),
        ],
    )
}

fn search(catalog: &Catalog, text: &str, detail: Detail) -> Page {
    catalog.search(Query { text, server: None, detail, offset: 0, limit: 10 })
}

#[test]
fn a_name_comes_with_the_first_sentence() {
    let page = search(&catalog(), "*", Detail::Name);
    let texts: Vec<&str> = page.hits.iter().map(|hit| hit.text.as_str()).collect();
    let expected =
        ["tools.clock.now", "tools.my_files.read_file: Reads a file.", "tools.my_files.write_file: Writes a file."];
    assert_eq!(texts, expected);
    assert_eq!((page.total, page.advice), (3, None));
}

#[test]
fn a_signature_can_be_pasted() {
    let page = search(&catalog(), "read file", Detail::Signature);
    let first = &page.hits[0];
    assert_eq!((first.server.as_str(), first.name.as_str()), ("my-files", "read-file"));
    assert_eq!(first.callable, "tools.my_files.read_file");
    let expected = "declare namespace tools.my_files {\n  /** Reads a file. */\n  function read_file(args: { path: string }): Promise<unknown>;\n}\n";
    assert_eq!(first.text, expected);
    assert!(page.advice.is_some_and(|advice| advice.contains("Promise<unknown>")));
}

#[test]
fn full_detail_has_the_whole_description() {
    let page = search(&catalog(), "write", Detail::Full);
    assert!(page.hits[0].text.contains("Writes a file. It is overwritten."), "{}", page.hits[0].text);
    assert!(page.hits[0].text.contains("@integer"), "{}", page.hits[0].text);
    assert_eq!(page.advice, None);
}

#[test]
fn advice_is_given_only_where_a_result_is_unknown() {
    let catalog = catalog();
    let advice =
        |text, limit| catalog.search(Query { text, server: None, detail: Detail::Signature, offset: 0, limit }).advice;
    assert!(advice("write", 1).is_none());
    assert!(advice("read", 1).is_some());
    assert!(advice("nothing like it", 1).is_none());
}

#[test]
fn a_listing_is_in_order_and_within_its_budget() {
    let catalog = catalog();
    let whole = catalog.declare(Detail::Signature, usize::MAX).expect("it is small");
    let places = ["// Promise<unknown>", "function now(", "function read_file(", "function write_file("]
        .map(|part| whole.find(part));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{whole}");
    assert_eq!(catalog.declare(Detail::Name, whole.len()), Some(whole.clone()));
    assert_eq!(catalog.declare(Detail::Signature, whole.len() - 1), None);
    assert_eq!(Catalog::new(&[], Vec::new()).declare(Detail::Signature, 0), Some(String::new()));
}

#[test]
fn names_that_collide_are_told_apart_in_every_order() {
    let tools = || ["a.b", "a-b", "a_b"].map(|name| tool("s", name, "", "{}"));
    let callables = |tools: Vec<Tool>| -> Vec<(String, String)> {
        search(&Catalog::new(&[], tools), "*", Detail::Name)
            .hits
            .into_iter()
            .map(|hit| (hit.name, hit.callable))
            .collect()
    };
    let forward = callables(tools().into());
    assert_eq!(forward, callables(tools().into_iter().rev().collect()));
    let expected = [("a-b", "tools.s.a_b_2"), ("a.b", "tools.s.a_b_3"), ("a_b", "tools.s.a_b")];
    assert_eq!(forward, expected.map(|(name, callable)| (name.to_string(), callable.to_string())));
}
