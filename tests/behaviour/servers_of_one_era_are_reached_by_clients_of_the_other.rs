//! `/mcp/<alias>` between eras: tools, resources, prompts and completions of a server are there for clients that do not
//! speak its era. What a server asks of its client is not translated: a client that can answer is left to speak the
//! era of the server.

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{HEADERS, message};
use tests::driver::{self, RealClient};
use tests::era::Era;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::upstream::{self, servers};

/// Of server-everything: what to use, and what comes of it.
fn plan_for_everything() -> Value {
    json!({
        "call": {"name": "get-sum", "arguments": {"a": 2, "b": 3}},
        "read": {"uri": "demo://resource/dynamic/text/7"},
        "prompt": {"name": "args-prompt", "arguments": {"city": "Paris"}},
        "complete": {
            "ref": {"type": "ref/prompt", "name": "completable-prompt"},
            "argument": {"name": "department", "value": "E"},
        },
    })
}

/// Of the fixture server.
fn plan_for_fixture() -> Value {
    json!({
        "call": {"name": "test_simple_text", "arguments": {}},
        "read": {"uri": "test://template/7/data"},
        "prompt": {"name": "test_prompt_with_arguments", "arguments": {"arg1": "one", "arg2": "two"}},
        "complete": {
            "ref": {"type": "ref/prompt", "name": "test_prompt_with_arguments"},
            "argument": {"name": "arg1", "value": "o"},
        },
    })
}

/// The methods of a plan, as a client without a library sends them: method, parameters, where to look in the result,
/// and what is there.
fn steps(plan: &Value, expected: [Value; 8]) -> Vec<(&'static str, Value, &'static str, Value)> {
    let [tool, called, resource, template, read, prompt, prompted, completed] = expected;
    vec![
        ("tools/list", json!({}), "/tools", tool),
        ("tools/call", plan["call"].clone(), "/content/0/text", called),
        ("resources/list", json!({}), "/resources", resource),
        ("resources/templates/list", json!({}), "/resourceTemplates", template),
        ("resources/read", plan["read"].clone(), "/contents/0/text", read),
        ("prompts/list", json!({}), "/prompts", prompt),
        ("prompts/get", plan["prompt"].clone(), "/messages/0/content/text", prompted),
        ("completion/complete", plan["complete"].clone(), "/completion/values", completed),
    ]
}

fn steps_for_everything() -> Vec<(&'static str, Value, &'static str, Value)> {
    let expected = [
        json!("get-sum"),
        json!("The sum of 2 and 3 is 5."),
        json!("demo://resource/static/document/features.md"),
        json!("demo://resource/dynamic/text/{resourceId}"),
        json!("Resource 7: This is a plaintext resource"),
        json!("args-prompt"),
        json!("What's weather in Paris?"),
        json!(["Engineering"]),
    ];
    steps(&plan_for_everything(), expected)
}

fn steps_for_fixture() -> Vec<(&'static str, Value, &'static str, Value)> {
    let expected = [
        json!("test_simple_text"),
        json!("This is a simple text response for testing."),
        json!("test://static-text"),
        json!("test://template/{id}/data"),
        json!("Data for ID: 7"),
        json!("test_prompt_with_arguments"),
        json!("Prompt with arguments: arg1='one', arg2='two'"),
        json!([]),
    ];
    steps(&plan_for_fixture(), expected)
}

/// Whether `expected` is what was found, a name or URI in a list of it, or the beginning or a part of a text.
fn fits(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::String(found), Value::String(expected)) => found.contains(expected.as_str()),
        (Value::Array(found), Value::String(_)) => found.iter().any(|one| {
            one == expected || ["name", "uri", "uriTemplate"].into_iter().any(|member| one[member] == *expected)
        }),
        _ => found == expected,
    }
}

/// What a tour of a real client saw is what the steps would have seen.
fn assert_toured(seen: &Value, steps: &[(&str, Value, &str, Value)]) {
    let members = ["tools", "called", "resources", "templates", "read", "prompts", "prompted", "completed"];
    for (member, (method, _, place, expected)) in members.into_iter().zip(steps) {
        let found = if method.ends_with("list") { &seen[member] } else { seen[member].pointer(place).expect(method) };
        assert!(fits(found, expected), "{method}: {expected} in {:#}", seen[member]);
    }
}

#[test]
fn a_legacy_server_by_modern_requests() {
    tests::run(async {
        let everything = upstream::everything();
        let gateway = Gateway::start(&servers([("everything", everything.url())])).await;
        let peer = Peer::modern(gateway.client(), "/mcp/everything", json!({}));

        let discovered = peer.result("server/discover", json!({})).await;
        let versions = discovered["supportedVersions"].as_array().expect("versions");
        assert!(versions.contains(&json!("2026-07-28")), "{discovered:#}");
        let declared: Vec<&String> = discovered["capabilities"].as_object().expect("capabilities").keys().collect();
        assert_eq!(declared, ["tools", "resources", "prompts", "completions"], "and nothing that is not translated");
        assert!(discovered["instructions"].as_str().is_some_and(|text| !text.is_empty()), "{discovered:#}");

        for (method, params, place, expected) in steps_for_everything() {
            let result = peer.result(method, params).await;
            assert!(fits(&result[&place[1..]], &expected) || fits(result.pointer(place).expect(place), &expected));
            assert_eq!(result["resultType"], "complete", "{method}: {result:#}");
            let info = &result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"];
            assert_eq!(info, "mcp-servers/everything", "{method}: {result:#}");
            let is_cacheable = method.ends_with("list") || method == "resources/read";
            assert_eq!(
                result["ttlMs"].is_u64() && result["cacheScope"].is_string(),
                is_cacheable,
                "{method}: {result:#}"
            );
        }
    });
}

#[test]
fn what_a_legacy_server_refuses_is_refused_as_modern_clients_read_it() {
    tests::run(async {
        let everything = upstream::everything();
        let gateway = Gateway::start(&servers([("everything", everything.url())])).await;
        let peer = Peer::modern(gateway.client(), "/mcp/everything", json!({}));

        for (method, params) in [
            ("resources/read", json!({"uri": "demo://resource/nowhere"})),
            ("prompts/get", json!({"name": "no-such-prompt"})),
        ] {
            let response = peer.request(method, params).await;
            assert_eq!(response["error"]["code"], -32602, "{method}: {response}");
        }
        // Not of the modern era, and so not there, whatever the server has.
        for method in ["resources/subscribe", "logging/setLevel", "ping", "tasks/list"] {
            let request = peer.message(method, json!({"uri": "demo://resource/dynamic/text/1", "level": "info"}));
            let answer = peer.send(&request).await;
            let code = &message(&answer)["error"]["code"];
            assert_eq!((answer.status, code), (StatusCode::NOT_FOUND, &json!(-32601)), "{method}");
        }
        // The checks of the era are the gateway's here.
        let request = peer.message("tools/list", json!({}));
        let mut headers = peer.headers(&request);
        headers.retain(|(name, _)| *name != "mcp-method");
        let answer = gateway.client().send("POST", "/mcp/everything", &headers, request.to_string()).await;
        let code = &message(&answer)["error"]["code"];
        assert_eq!((answer.status, code), (StatusCode::BAD_REQUEST, &json!(-32020)));
    });
}

#[test]
fn a_legacy_server_by_real_modern_clients() {
    tests::run(async {
        let everything = upstream::everything();
        let gateway = Gateway::start(&servers([("everything", everything.url())])).await;
        let url = format!("{}/everything", gateway.url());

        let plan = plan_for_everything().to_string();
        let seen = driver::javascript("tour", &["pinned", &url, &plan]).await;
        assert_eq!(seen["protocolVersion"], "2026-07-28");
        assert_toured(&seen, &steps_for_everything());

        let seen = RealClient::PythonPinned.call(&url, "get-sum", json!({"a": 2, "b": 3})).await;
        assert_eq!(seen.protocol_version.as_deref(), Some("2026-07-28"));
        assert!(seen.tools.iter().any(|name| name == "get-sum"), "{:?}", seen.tools);
        assert_eq!(seen.call_result["content"][0]["text"], "The sum of 2 and 3 is 5.");
    });
}

#[test]
fn a_modern_server_by_legacy_requests() {
    tests::run(async {
        let fixture = upstream::modern_fixture();
        let gateway = Gateway::start(&servers([("fixture", fixture.url())])).await;
        let peer = Peer::legacy(gateway.client(), "/mcp/fixture", json!({})).await;
        assert!(peer.session().is_some(), "a session tells the gateway that the client is one that it translates for");

        assert_eq!(peer.result("ping", json!({})).await, json!({}));
        for (method, params, place, expected) in steps_for_fixture() {
            let result = peer.result(method, params).await;
            assert!(fits(result.pointer(place).expect(place), &expected), "{method}: {expected} in {result:#}");
            for member in ["resultType", "ttlMs", "cacheScope", "_meta"] {
                assert!(result.get(member).is_none(), "{method}: legacy results have no {member}: {result:#}");
            }
        }
        let response = peer.request("resources/read", json!({"uri": "test://nowhere"})).await;
        assert_eq!(response["error"]["code"], -32602, "{response}");
        assert_eq!(peer.end().await.status, StatusCode::NO_CONTENT);
    });
}

#[test]
fn a_modern_server_by_legacy_clients_that_keep_no_session() {
    tests::run(async {
        let fixture = upstream::modern_fixture();
        let gateway = Gateway::start(&servers([("fixture", fixture.url())])).await;
        let begun = Peer::legacy(gateway.client(), "/mcp/fixture", json!({})).await;
        drop(begun);
        let list = |id: u64| json!({"jsonrpc": "2.0", "id": id, "method": "tools/list", "params": {}});
        let send = async |version: &str, body: Value| {
            let headers = [&HEADERS[..], &[("mcp-protocol-version", version)]].concat();
            gateway.client().send("POST", "/mcp/fixture", &headers, body.to_string()).await
        };
        for version in ["2025-03-26", "2025-06-18", "2025-11-25"] {
            let response = message(&send(version, list(1)).await);
            assert!(fits(&response["result"]["tools"], &json!("test_simple_text")), "{version}: {response:#}");
        }
        let responses = message(&send("2025-03-26", json!([list(1), list(2)])).await);
        for (at, id) in [(0, 1), (1, 2)] {
            let response = &responses[at];
            assert!(response["id"] == id && response["result"]["tools"].is_array(), "{responses:#}");
        }
    });
}

#[test]
fn a_modern_server_by_a_real_legacy_client() {
    tests::run(async {
        let fixture = upstream::modern_fixture();
        let gateway = Gateway::start(&servers([("fixture", fixture.url())])).await;
        let url = format!("{}/fixture", gateway.url());
        let seen = driver::javascript("tour", &["sdk", &url, &plan_for_fixture().to_string()]).await;
        assert_eq!(seen["protocolVersion"], Era::Legacy.version());
        assert_toured(&seen, &steps_for_fixture());
    });
}

#[test]
fn a_client_that_can_answer_a_legacy_server_speaks_its_era() {
    tests::run(async {
        let everything = upstream::everything();
        let gateway = Gateway::start(&servers([("everything", everything.url())])).await;
        for capabilities in [json!({"elicitation": {}}), json!({"sampling": {}}), json!({"roots": {}})] {
            let answer = Peer::modern(gateway.client(), "/mcp/everything", capabilities).begin().await;
            assert!(answer.status.is_client_error(), "refused, so that the client begins again: {}", answer.status);
        }

        let calls = json!([
            {"name": "trigger-sampling-request", "arguments": {"prompt": "Hello"}},
            {"name": "trigger-elicitation-request", "arguments": {}},
        ]);
        let seen = driver::javascript("answers", &[&format!("{}/everything", gateway.url()), &calls.to_string()]).await;
        assert_eq!(seen["protocolVersion"], "2025-11-25");
        for (at, words) in [(0, "sampled"), (1, "Ada")] {
            let result = &seen["results"][at];
            assert!(result["isError"] != true && result.to_string().contains(words), "{result:#}");
        }
    });
}

#[test]
fn a_client_that_can_answer_a_modern_server_is_asked_by_its_results() {
    tests::run(async {
        let fixture = upstream::modern_fixture();
        let gateway = Gateway::start(&servers([("fixture", fixture.url())])).await;
        let calls = json!([
            {"name": "test_input_required_result_sampling", "arguments": {}},
            {"name": "test_input_required_result_elicitation", "arguments": {}},
            {"name": "test_input_required_result_multi_round", "arguments": {}},
        ]);
        let seen = driver::javascript("answers", &[&format!("{}/fixture", gateway.url()), &calls.to_string()]).await;
        assert_eq!(seen["protocolVersion"], "2026-07-28");
        for (at, words) in [(0, "sampled"), (1, "Ada"), (2, "Ada")] {
            let result = &seen["results"][at];
            assert!(result["isError"] != true && result.to_string().contains(words), "{result:#}");
        }
    });
}
