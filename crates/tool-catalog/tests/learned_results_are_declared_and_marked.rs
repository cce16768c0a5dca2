//! What was learned of a tool's results is shown as learned, and gives way to an output schema.

use tool_catalog::{Catalog, Detail, Query, Tool, agree};

const AUGUST: u64 = 1_785_542_400_000;

fn learn<'a>(known: Option<&str>, results: impl IntoIterator<Item = &'a str>, now_ms: u64) -> String {
    tool_catalog::learn(known, results, now_ms).text
}

fn shown(tool: Tool) -> (String, Option<&'static str>) {
    let page = Catalog::new(&[], vec![tool]).search(Query {
        text: "*",
        server: None,
        detail: Detail::Signature,
        offset: 0,
        limit: 1,
    });
    (page.hits[0].text.clone(), page.advice)
}

fn tool(learned_result: Option<String>) -> Tool {
    let input_schema = r#"{"type": "object", "properties": {}}"#.to_string();
    Tool { server: "s".to_string(), name: "list".to_string(), input_schema, learned_result, ..Tool::default() }
}

#[test]
fn a_learned_result_is_declared_and_marked() {
    let learned = learn(None, [r#"{"items": [{"id": 1}, {"id": 2, "note": "x"}]}"#, r#"{"items": []}"#], AUGUST);
    let expected = "declare namespace tools.s {\n  /** @returns learned from 2 results, newest 2026-08-01; others may differ */\n  function list(): Promise<{ items: { id: number; note?: string }[] }>;\n}\n";
    assert_eq!(shown(tool(Some(learned))), (expected.to_string(), None));
}

#[test]
fn later_results_correct_earlier_ones() {
    let first = learn(None, [r#"{"id": 1}"#], AUGUST);
    let second = learn(Some(&first), [r#"{"id": "x", "next": null}"#, "no JSON"], AUGUST + 1);
    let (text, _) = shown(tool(Some(second)));
    assert!(text.contains("Promise<{ id: number | string; next?: null }>"), "{text}");
    assert!(text.contains("2 results"), "{text}");
}

#[test]
fn an_output_schema_is_never_overridden() {
    let mut tool = tool(Some(learn(None, [r#"{"id": 1}"#], AUGUST)));
    tool.output_schema = Some(r#"{"type": "object", "properties": {"name": {"type": "string"}}}"#.to_string());
    let (text, _) = shown(tool);
    assert!(text.contains("Promise<{ name?: string }>") && !text.contains("learned"), "{text}");
}

#[test]
fn what_cannot_be_read_counts_as_nothing() {
    for stored in ["", "no JSON", "{}", &learn(None, [], AUGUST)] {
        let (text, advice) = shown(tool(Some(stored.to_string())));
        assert!(text.contains("list(): Promise<unknown>;") && advice.is_some(), "{text}");
    }
    assert_eq!(learn(Some("no JSON"), ["1"], AUGUST), learn(None, ["1"], AUGUST));
    assert_eq!(agree(Some("no JSON"), ["no JSON", "{}"]), None);
}

#[test]
fn what_several_had_is_declared_to_those_who_had_nothing() {
    let callers = [r#"{"id": 1, "merger": "acme"}"#, r#"{"id": 2}"#].map(|result| learn(None, [result], AUGUST));
    let common = agree(None, callers.iter().map(String::as_str)).expect("the id is common");
    let (text, advice) = shown(Tool { common_result: Some(common.clone()), ..tool(None) });
    let expected = "@returns learned from results of several clients; others may differ";
    assert!(text.contains(expected) && text.contains("Promise<{ id: number }>") && advice.is_none(), "{text}");
    for own in callers {
        let alone = shown(tool(Some(own.clone())));
        assert_eq!(shown(Tool { common_result: Some(common.clone()), ..tool(Some(own)) }), alone);
    }
}

#[test]
fn one_caller_agrees_with_nobody() {
    let own = learn(None, [r#"{"id": 1}"#], AUGUST);
    assert_eq!(agree(None, [own.as_str()]), None);
    let common = agree(None, [own.as_str(), own.as_str()]).expect("they are the same");
    assert_eq!(agree(Some(&common), [own.as_str()]), Some(common.clone()), "what was common before stays");
}

#[test]
fn only_what_says_more_is_news() {
    let first = tool_catalog::learn(None, [r#"{"id": 1}"#], AUGUST);
    let again = tool_catalog::learn(Some(&first.text), [r#"{"id": 2}"#], AUGUST + 1);
    let other = tool_catalog::learn(Some(&again.text), [r#"{"id": null}"#], AUGUST + 2);
    assert_eq!([first.is_news, again.is_news, other.is_news], [true, false, true]);
}
