use mcp::TraceContext;
use mcp_client::{Error, Fault, Problem};
use scripted_upstream::{Answer, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, Value, json};

fn call(result: Value) -> Result<Value, Error> {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| {
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(result.clone())))
    });
    run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default()))
}

#[test]
fn whatever_a_complete_result_holds() {
    for result in [
        servers::text_result("ok"),
        json!({"content": [{"type": "image", "data": "AAAA", "mimeType": "image/png"}], "isError": false}),
        json!({"content": [], "structuredContent": [1, null, {"a": 1.5}], "resultType": "complete", "_meta": {"x": 1}}),
        json!({"content": [{"type": "text", "text": "no"}], "isError": true}),
        json!({"unknown": {"deep": [[[{}]]]}}),
    ] {
        assert_eq!(call(result.clone()).expect("a result"), result);
    }
}

#[test]
fn a_request_for_input_is_an_error_that_names_it() {
    let error = call(json!({"resultType": "input_required", "requestState": "x",
        "inputRequests": {"k": {"method": "elicitation/create", "params": {}}}}))
    .expect_err("nobody can answer");
    assert!(error.to_string().contains("a request for input (elicitation/create)"), "{error}");
    let error = call(json!({"resultType": "input_required", "requestState": "x"})).expect_err("nobody can answer");
    assert!(matches!(&*error.problem, Problem::Protocol { fault: Fault::InputRequired { .. }, .. }));
}

#[test]
fn what_is_no_result_is_an_error() {
    for result in [json!(null), json!("text"), json!([1]), json!({"resultType": "later"})] {
        let shown = result.to_string();
        let error = call(result).expect_err(&shown);
        assert!(matches!(&*error.problem, Problem::Protocol { fault: Fault::Result(_), .. }), "{error}");
    }
}

#[test]
fn arguments_arrive_as_they_were() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let arguments = received.body["params"]["arguments"].clone();
        servers::modern(received).unwrap_or_else(|| Answer::json(200, &received.result(json!({"got": arguments}))))
    });
    let arguments = json!({"z": 1, "a": {"ü": [null, true, "\u{0}"]}, "_meta": {}});
    let given = arguments.as_object().expect("an object").clone();
    let outcome =
        run(&clock, client(&clock, &upstream).call_tool("a", given, None, TraceContext::default())).expect("a result");
    assert_eq!(outcome["got"].to_string(), arguments.to_string());
}
