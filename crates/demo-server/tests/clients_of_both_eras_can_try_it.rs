use demo_server::answer;
use futures::executor::block_on;
use http::{Request, StatusCode};
use serde_json::{Value, json};

/// Sends a body, with other or further headers; status and body of the answer.
fn send(path: &str, headers: &[(&'static str, &str)], body: &str) -> (StatusCode, String) {
    let request = Request::post(path)
        .header("host", "127.0.0.1:4000")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream");
    let (mut head, ()) = request.body(()).expect("a request").into_parts();
    for (name, value) in headers {
        head.headers.insert(*name, value.parse().expect("a header"));
    }
    let response = block_on(answer(&head, body.as_bytes()));
    (response.status(), String::from_utf8(response.into_body()).expect("text"))
}

/// The result of a legacy request, or its error.
fn ask(method: &str, params: Value) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let (status, answer) = send("/mcp", &[("mcp-protocol-version", "2025-11-25")], &body.to_string());
    assert_eq!(status, StatusCode::OK, "{answer}");
    let mut answer: Value = serde_json::from_str(&answer).expect("JSON");
    let part = if answer.get("error").is_some() { "error" } else { "result" };
    answer[part].take()
}

fn call(name: &str, arguments: Value) -> Value {
    ask("tools/call", json!({"name": name, "arguments": arguments}))
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {result}"))
}

#[test]
fn echo_and_get_sum_say_what_those_of_the_reference_server_say() {
    assert_eq!(text(&call("echo", json!({"message": "hello"}))), "Echo: hello");
    assert_eq!(text(&call("get-sum", json!({"a": 20, "b": 22}))), "The sum of 20 and 22 is 42.");
    assert_eq!(text(&call("get-sum", json!({"a": 0.5, "b": -2}))), "The sum of 0.5 and -2 is -1.5.");
}

#[test]
fn every_city_has_weather_that_fits_the_output_schema() {
    let cities = call("list-cities", json!({}))["structuredContent"]["cities"].clone();
    let cities = cities.as_array().expect("cities");
    assert!(cities.len() > 3);
    let tools = ask("tools/list", json!({}));
    let tool = tools["tools"].as_array().expect("tools").iter().find(|tool| tool["name"] == "get-weather");
    let schema = &tool.expect("a tool")["outputSchema"];
    for city in cities {
        let result = call("get-weather", json!({"city": city}));
        let weather = result["structuredContent"].as_object().expect("an object");
        assert_eq!(weather["city"], *city);
        assert_eq!(serde_json::from_str::<Value>(text(&result)).expect("JSON"), result["structuredContent"]);
        let declared = schema["properties"].as_object().expect("properties");
        assert!(weather.keys().eq(declared.keys()), "{weather:?} {schema}");
        assert!(
            weather["temperature"].is_number() && weather["humidity"].is_u64() && weather["conditions"].is_string()
        );
    }
}

#[test]
fn arguments_that_do_not_fit_are_told_by_the_tool() {
    for (tool, arguments, problem) in [
        ("echo", json!({}), "message must be a string"),
        ("get-sum", json!({"a": "1", "b": 2}), "a must be a number"),
        ("get-weather", json!({"city": "Atlantis"}), "the cities are Chicago, "),
    ] {
        let result = call(tool, arguments);
        assert!(result["isError"] == true && text(&result).contains(problem), "{result}");
    }
    assert_eq!(call("get-env", json!({}))["code"], -32602);
    assert_eq!(ask("tools/list", json!({"cursor": "next"}))["code"], -32602);
}

#[test]
fn a_modern_client_needs_no_session() {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let headers = |method: &'static str| [("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)];
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": meta}});
    let (status, answer) = send("/mcp", &headers("server/discover"), &body.to_string());
    assert!(status == StatusCode::OK && answer.contains("\"supportedVersions\""), "{answer}");
    let params = json!({"name": "get-sum", "arguments": {"a": 1, "b": 2}, "_meta": meta});
    let body = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params});
    let headers = [headers("tools/call").as_slice(), &[("mcp-name", "get-sum")]].concat();
    let (status, answer) = send("/mcp", &headers, &body.to_string());
    assert!(status == StatusCode::OK && answer.contains("The sum of 1 and 2 is 3."), "{answer}");
}

#[test]
fn who_reads_events_only_gets_them() {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}).to_string();
    let (status, answer) = send("/mcp", &[("accept", "text/event-stream")], &body);
    assert!(status == StatusCode::OK && answer.starts_with("event: message\ndata: {"), "{answer}");
}

#[test]
fn nobody_but_this_machine_is_answered() {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}).to_string();
    let foreign =
        [("host", "attacker.example:4000"), ("origin", "https://attacker.example"), ("x-forwarded-for", "10.0.0.1")];
    for header in foreign {
        assert_eq!(send("/mcp", &[header], &body).0, StatusCode::FORBIDDEN, "{header:?}");
    }
    assert_eq!(send("/", &[], &body).0, StatusCode::NOT_FOUND);
    assert_eq!(send("/mcp", &[], "{").0, StatusCode::BAD_REQUEST);
}
