use mcp_client::{Catalog, Tool};
use scripted_upstream::{Answer, Upstream, VirtualClock, client, run, servers};
use serde_json::{Value, json};

fn list(tools: Value) -> Catalog {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| {
        servers::legacy(received).unwrap_or_else(|| Answer::json(200, &received.result(json!({"tools": tools}))))
    });
    run(&clock, client(&clock, &upstream).list_tools()).expect("a list")
}

#[test]
fn each_is_left_out_with_a_sentence() {
    let object = json!({"type": "object"});
    let catalog = list(json!([
        {"name": "good", "inputSchema": object},
        "a string",
        null,
        {"inputSchema": object},
        {"name": "", "inputSchema": object},
        {"name": 7, "inputSchema": object},
        {"name": "no schema"},
        {"name": "null schema", "inputSchema": null},
        {"name": "string schema", "inputSchema": {"type": "string"}},
        {"name": "good", "inputSchema": object},
        {"name": "lenient", "inputSchema": {"type": ["object", "null"], "properties": {"a": {"type": ["string", "null"]}}}},
        {"name": "also lenient", "inputSchema": {}},
    ]));
    let names: Vec<&str> = catalog.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names, ["good", "lenient", "also lenient"]);
    assert_eq!(
        catalog.malformed,
        [
            "Tool number 2 has no name.",
            "Tool number 3 has no name.",
            "Tool number 4 has no name.",
            "Tool number 5 has no name.",
            "Tool number 6 has no name.",
            "Tool \"no schema\" was left out: its inputSchema is no object.",
            "Tool \"null schema\" was left out: its inputSchema is no object.",
            "Tool \"string schema\" was left out: its inputSchema does not have the type object.",
            "Tool \"good\" was left out: its name comes twice.",
        ]
    );
}

#[test]
fn what_is_well_formed_is_kept() {
    let catalog = list(json!([{
        "name": "everything", "title": "Everything", "description": "Does it.",
        "inputSchema": {"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "integer"}}},
        "outputSchema": {"type": "array"},
        "annotations": {"title": "Not this one", "idempotentHint": true, "x-custom": 1},
    }]));
    let expected = Tool {
        name: "everything".to_string(),
        title: Some("Everything".to_string()),
        description: Some("Does it.".to_string()),
        // In the server's order.
        input_schema: r#"{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"integer"}}}"#.to_string(),
        output_schema: Some(r#"{"type":"array"}"#.to_string()),
        annotations: Some(r#"{"title":"Not this one","idempotentHint":true,"x-custom":1}"#.to_string()),
        mirrored: Vec::new(),
        repeatable: true,
    };
    assert_eq!(catalog.tools, [expected]);
    assert_eq!(
        (catalog.title.as_deref(), catalog.instructions.as_deref()),
        (Some("A legacy server"), Some("Be kind."))
    );
}

#[test]
fn odd_decoration_does_not_cost_the_tool() {
    let catalog = list(json!([{
        "name": "odd", "title": 7, "description": ["no"], "inputSchema": {"type": "object"},
        "outputSchema": "no", "annotations": {"title": "From the annotations"},
    }]));
    let tool = &catalog.tools[0];
    assert_eq!(tool.title.as_deref(), Some("From the annotations"));
    assert_eq!((&tool.description, &tool.output_schema, tool.repeatable), (&None, &None, false));
}
