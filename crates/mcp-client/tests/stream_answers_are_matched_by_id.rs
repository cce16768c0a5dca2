use mcp::TraceContext;
use mcp_client::{Fault, Problem};
use scripted_upstream::{Answer, Received, Step, Upstream, VirtualClock, client, run, servers};
use serde_json::{Map, Value, json};

/// Calls a tool of a legacy server that answers the call like this.
fn call(answer: impl Fn(&Received) -> Answer + 'static) -> (Result<Value, mcp_client::Error>, bool, Upstream) {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| match received.method() {
        // The client's answer to a request of the server.
        "" => Answer::status(202),
        _ => servers::legacy(received).unwrap_or_else(|| answer(received)),
    });
    let client = client(&clock, &upstream);
    let outcome = run(&clock, client.call_tool("a", Map::new(), None, TraceContext::default()));
    (outcome, client.tool_changes() > 0, upstream)
}

fn done(received: &Received) -> Value {
    received.result(servers::text_result("done"))
}

fn data(message: &Value) -> Step {
    Step::text(&format!("data: {message}\n\n"))
}

#[test]
fn what_comes_before_the_response_is_passed_over() {
    let (outcome, tools_changed, _) = call(|received| {
        Answer::sse(vec![
            Step::text(": hello\n\nid: 1\ndata: \n\n"),
            data(&json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}})),
            data(&json!({"jsonrpc": "2.0", "id": 999_999, "result": servers::text_result("of another")})),
            Step::text("event: other\ndata: this is no message\n\n"),
            Step::Wait(1_000),
            data(&done(received)),
            data(&received.result(servers::text_result("too late"))),
            Step::Hang,
        ])
    });
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
    assert!(!tools_changed);
}

#[test]
fn what_is_no_message_is_passed_over() {
    let (outcome, _, _) = call(|received| {
        Answer::sse(vec![
            data(&json!({"jsonrpc": "2.0", "method": "notifications/message", "params": null})),
            data(&json!({"jsonrpc": "2.0", "method": "notifications/message", "params": 7})),
            data(&json!({"hello": "world"})),
            Step::text("data: {oops\n\n"),
            data(&json!([7, done(received)])),
        ])
    });
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
    let (outcome, _, _) = call(|received| Answer::json(200, &json!([7, done(received)])));
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
    let (outcome, _, _) = call(|received| {
        let mut done = done(received);
        done["error"] = Value::Null;
        Answer::json(200, &done)
    });
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
}

#[test]
fn a_response_may_be_split_and_multi_line() {
    let (outcome, _, _) = call(|received| {
        let pretty = serde_json::to_string_pretty(&done(received)).expect("JSON");
        let event: String =
            pretty.lines().map(|line| format!("data: {line}\r\n")).chain(["\r\n".to_string()]).collect();
        Answer::sse(event.chars().map(|character| Step::text(&character.to_string())).collect())
    });
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
}

#[test]
fn a_batch_may_hold_the_response() {
    let batch = |received: &Received| json!([{"jsonrpc": "2.0", "method": "notifications/message"}, done(received)]);
    let (outcome, _, _) = call(move |received| Answer::sse(vec![data(&batch(received))]));
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
    let (outcome, _, _) = call(move |received| Answer::json(200, &batch(received)));
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
}

#[test]
fn an_announcement_of_other_tools_is_given_on() {
    let (outcome, tools_changed, _) = call(|received| {
        Answer::events(&[json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}), done(received)])
    });
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
    assert!(tools_changed);
}

#[test]
fn also_where_the_answer_is_an_error_or_never_comes() {
    let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
    let announcement = changed.clone();
    let (outcome, tools_changed, _) =
        call(move |received| Answer::events(&[announcement.clone(), received.error(-32_000, "no")]));
    outcome.expect_err("an error");
    assert!(tools_changed);
    let announcement = changed.clone();
    let (outcome, tools_changed, _) = call(move |_| Answer::sse(vec![data(&announcement), Step::Hang]));
    outcome.expect_err("it never comes");
    assert!(tools_changed);
}

#[test]
fn an_announcement_along_with_the_list_is_of_that_list() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, |received| {
        let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
        let list = || Answer::events(&[changed, received.result(json!({"tools": []}))]);
        servers::legacy(received).unwrap_or_else(list)
    });
    let client = client(&clock, &upstream);
    run(&clock, client.list_tools()).expect("a list");
    assert_eq!(client.tool_changes(), 0);
}

#[test]
fn requests_of_a_legacy_server_are_answered() {
    let (outcome, _, upstream) = call(|received| {
        Answer::sse(vec![
            data(&json!({"jsonrpc": "2.0", "id": "p", "method": "ping"})),
            data(&json!({"jsonrpc": "2.0", "id": 5, "method": "sampling/createMessage", "params": {}})),
            Step::Wait(10),
            data(&done(received)),
        ])
    });
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
    let answers: Vec<Received> =
        upstream.received().into_iter().filter(|received| received.method().is_empty()).collect();
    let [ping, sampling] = answers.as_slice() else { panic!("{:?}", upstream.methods()) };
    assert_eq!(ping.body, json!({"jsonrpc": "2.0", "id": "p", "result": {}}));
    assert_eq!((&sampling.body["id"], &sampling.body["error"]["code"]), (&json!(5), &json!(-32601)));
    assert_eq!(ping.header("mcp-session-id"), servers::SESSION);
}

#[test]
fn a_server_that_does_not_take_the_answer_holds_nothing_up() {
    let clock = VirtualClock::default();
    let upstream = Upstream::new(&clock, move |received| match received.method() {
        "" => Answer::hangs(),
        "tools/call" => Answer::events(&[json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}), done(received)]),
        _ => servers::legacy(received).expect("a part of the handshake"),
    });
    run(&clock, client(&clock, &upstream).call_tool("a", Map::new(), None, TraceContext::default())).expect("a result");
    assert_eq!(upstream.open(), 0, "nothing is left behind");
}

#[test]
fn a_stream_that_gave_the_response_is_left_to_its_end() {
    let (outcome, _, upstream) = call(|received| Answer::sse(vec![data(&done(received)), Step::Hang]));
    assert_eq!(outcome.expect("a result"), servers::text_result("done"));
    let initialized = 1;
    assert_eq!(upstream.finished(), initialized + 1);
}

#[test]
fn a_response_to_another_request_is_none() {
    let foreign = json!({"jsonrpc": "2.0", "id": 999_999, "result": {}});
    let json = foreign.clone();
    for (outcome, _, _) in
        [call(move |_| Answer::json(200, &json)), call(move |_| Answer::events(std::slice::from_ref(&foreign)))]
    {
        let error = outcome.expect_err("an answer to somebody else");
        assert!(matches!(&*error.problem, Problem::Protocol { fault: Fault::WrongId, .. }), "{error}");
    }
}

#[test]
fn an_error_without_id_is_the_answer() {
    let error = json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "unreadable"}});
    let (outcome, _, _) = call(move |_| Answer::json(200, &error));
    let error = outcome.expect_err("an error");
    assert!(matches!(&*error.problem, Problem::Rpc { error, .. } if error.code == -32600));
}
