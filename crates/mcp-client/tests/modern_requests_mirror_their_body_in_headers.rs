use mcp::TraceContext;
use scripted_upstream::{Answer, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, Value, json};

#[test]
fn version_method_and_name() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(servers::text_result("ok"))))
    });
    let client = client(&clock, &upstream);
    run(&clock, client.call_tool("get-weather", Map::new(), None, TraceContext::default())).expect("a result");
    run(&clock, client.call_tool("wetter für alle ", Map::new(), None, TraceContext::default())).expect("a result");

    for received in upstream.received() {
        let meta = &received.body["params"]["_meta"];
        assert_eq!(meta["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
        assert_eq!(meta["io.modelcontextprotocol/clientCapabilities"], json!({}));
        assert_eq!(meta["io.modelcontextprotocol/clientInfo"]["name"], "bobbin");
        assert_eq!(received.header("mcp-protocol-version"), "2026-07-28");
        assert_eq!(received.header("mcp-method"), received.method());
        assert!(!received.headers.contains_key("mcp-session-id"));
    }
    let names: Vec<String> =
        upstream.received().iter().map(|received| received.header("mcp-name").to_string()).collect();
    assert_eq!(names, ["", "get-weather", "=?base64?d2V0dGVyIGbDvHIgYWxsZSA=?="]);
}

#[test]
fn title_and_instructions_come_from_discover() {
    let clock = VirtualClock::default();
    let upstream =
        Upstream::new(&clock, |received| servers::modern(received).unwrap_or_else(|| servers::tools(received, &["a"])));
    let catalog = run(&clock, client(&clock, &upstream).list_tools()).expect("a list");
    assert_eq!((catalog.title.as_deref(), catalog.instructions.as_deref()), (Some("modern"), Some("Be brief.")));
}

/// A modern server with one tool whose arguments are annotated.
fn annotated(schema: Value) -> (VirtualClock, Upstream) {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| match received.method() {
        "tools/list" => {
            let tools =
                json!([{"name": "query", "inputSchema": schema}, {"name": "plain", "inputSchema": {"type": "object"}}]);
            Answer::json(200, &received.result(json!({"resultType": "complete", "tools": tools})))
        }
        _ => {
            servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(servers::text_result("ok"))))
        }
    });
    (clock, upstream)
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

#[test]
fn annotated_arguments_become_headers() {
    let (clock, upstream) = annotated(object(json!({
        "region": {"type": "string", "x-mcp-header": "Region"},
        "count": {"type": "integer", "x-mcp-header": "Count"},
        "dry": {"type": "boolean", "x-mcp-header": "Dry-Run"},
        "place": object(json!({"city": {"type": "string", "x-mcp-header": "City"}})),
        "none": {"type": "string", "x-mcp-header": "None"},
        "absent": {"type": "string", "x-mcp-header": "Absent"},
        "free": {"type": "string"},
        "x-mcp-header": {"type": "string"},
    })));
    let client = client(&clock, &upstream);
    let catalog = run(&clock, client.list_tools()).expect("a list");
    assert_eq!(catalog.malformed, [] as [String; 0]);
    let arguments =
        json!({"region": "eu-west", "count": 42, "dry": false, "place": {"city": "Zürich"}, "none": null, "free": "x"});
    let arguments = arguments.as_object().expect("an object").clone();
    run(&clock, client.call_tool("query", arguments, Some(&catalog.tools[0]), TraceContext::default()))
        .expect("a result");

    let call = upstream.received().pop().expect("a call");
    assert_eq!(call.header("mcp-param-region"), "eu-west");
    assert_eq!(call.header("mcp-param-count"), "42");
    assert_eq!(call.header("mcp-param-dry-run"), "false");
    assert_eq!(call.header("mcp-param-city"), "=?base64?WsO8cmljaA==?=");
    let others = call.headers.keys().filter(|name| name.as_str().starts_with("mcp-param-")).count();
    assert_eq!(others, 4);
}

#[test]
fn values_that_headers_cannot_carry_are_encoded() {
    let (clock, upstream) = annotated(object(json!({"v": {"type": "string", "x-mcp-header": "V"}})));
    let client = client(&clock, &upstream);
    let catalog = run(&clock, client.list_tools()).expect("a list");
    for (value, header) in [
        ("two words", "two words"),
        ("", ""),
        (" lead", "=?base64?IGxlYWQ=?="),
        ("a\r\nX-Evil: 1", "=?base64?YQ0KWC1FdmlsOiAx?="),
        ("tab\t", "=?base64?dGFiCQ==?="),
        ("=?base64?eA==?=", "=?base64?PT9iYXNlNjQ/ZUE9PT89?="),
    ] {
        let arguments = json!({"v": value}).as_object().expect("an object").clone();
        run(&clock, client.call_tool("query", arguments, Some(&catalog.tools[0]), TraceContext::default()))
            .expect("a result");
        assert_eq!(upstream.received().pop().expect("a call").header("mcp-param-v"), header, "{value:?}");
    }
}

#[test]
fn a_tool_with_an_invalid_annotation_is_left_out_alone() {
    let string = |header: Value| json!({"type": "string", "x-mcp-header": header});
    for schema in [
        object(json!({"a": string(json!(""))})),
        object(json!({"a": string(json!("no:token"))})),
        object(json!({"a": string(json!(7))})),
        object(json!({"a": {"type": "number", "x-mcp-header": "A"}})),
        object(json!({"a": {"type": "object", "x-mcp-header": "A"}})),
        object(json!({"a": string(json!("Same")), "b": string(json!("same"))})),
        object(json!({"a": {"type": "array", "items": string(json!("A"))}})),
        object(json!({"a": {"oneOf": [string(json!("A"))]}})),
        json!({"type": "object", "x-mcp-header": "Root"}),
        json!({"type": "object", "$defs": {"a": string(json!("A"))}}),
    ] {
        let (clock, upstream) = annotated(schema.clone());
        let catalog = run(&clock, client(&clock, &upstream).list_tools()).expect("a list");
        let names: Vec<&str> = catalog.tools.iter().map(|tool| tool.name.as_str()).collect();
        assert_eq!(names, ["plain"], "{schema}");
        assert!(catalog.malformed[0].contains("\"query\"") && catalog.malformed[0].contains("x-mcp-header"));
    }
}

#[test]
fn data_that_looks_like_an_annotation_is_none() {
    let (clock, upstream) = annotated(object(json!({
        "a": {"type": "object", "default": {"x-mcp-header": ""}, "const": {"x-mcp-header": 1}, "enum": [{"x-mcp-header": 1}]},
    })));
    let catalog = run(&clock, client(&clock, &upstream).list_tools()).expect("a list");
    assert_eq!(catalog.tools.len(), 2);
}

#[test]
fn a_header_mismatch_fetches_the_tools_again_and_repeats_the_call() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| match received.method() {
        "tools/list" => {
            let schema = object(json!({"region": {"type": "string", "x-mcp-header": "Region"}}));
            Answer::json(200, &received.result(json!({"tools": [{"name": "query", "inputSchema": schema}]})))
        }
        "tools/call" if received.header("mcp-param-region") != "eu" => {
            Answer::json(400, &received.error(-32020, "Mcp-Param-Region is missing"))
        }
        _ => {
            servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(servers::text_result("ok"))))
        }
    });
    let client = client(&clock, &upstream);
    let arguments = json!({"region": "eu"}).as_object().expect("an object").clone();
    let outcome = run(&clock, client.call_tool("query", arguments, None, TraceContext::default())).expect("a result");
    assert_eq!(outcome, servers::text_result("ok"));
    assert_eq!(client.tool_changes(), 1);
    assert_eq!(upstream.methods(), ["server/discover", "tools/call", "tools/list", "tools/call"]);
}

#[test]
fn a_legacy_server_gets_no_mirrored_arguments() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| match received.method() {
        "tools/list" => {
            let schema = object(json!({"a": {"type": "number", "x-mcp-header": "A"}}));
            Answer::json(200, &received.result(json!({"tools": [{"name": "query", "inputSchema": schema}]})))
        }
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    let catalog = run(&clock, client(&clock, &upstream).list_tools()).expect("a list");
    assert_eq!(catalog.tools.len(), 1, "{:?}", catalog.malformed);
    assert_eq!(catalog.tools[0].mirrored, []);
}
