//! A client that asks for it hears of each call as it starts and ends; one that goes away ends the run and its calls.

use serde_json::{Value, json};
use tests::client::Client;
use tests::events::Events;
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, servers};

/// Runs `check` against a gateway whose server `up` has the tool `wait`.
fn with_gateway<F: AsyncFnOnce(Client, &Canned)>(check: F) {
    tests::run(async {
        let upstream = Canned::start([CannedTool::wait()]).await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        check(gateway.client(), &upstream).await;
        let after = gateway.client().execute("return await tools.up.wait({ ms: 1 })").await;
        assert_eq!(*after.value(), json!("done"), "the gateway goes on");
    });
}

/// A `tools/call` of `execute_code`.
fn call(code: &str, token: Option<Value>) -> Value {
    let mut message = json!({
        "jsonrpc": "2.0", "id": 7, "method": "tools/call",
        "params": {"name": "execute_code", "arguments": {"code": code}},
    });
    if let Some(token) = token {
        message["params"]["_meta"] = json!({ "progressToken": token });
    }
    message
}

#[test]
fn each_call_is_told_when_it_starts_and_when_it_ends() {
    with_gateway(async |client, _| {
        for token in [json!("a-token"), json!(42)] {
            let code = "await tools.up.wait({ ms: 10 }); await tools.up.wait({ ms: 10 }); return 'end'";
            let events = Events::post(client.address(), &call(code, Some(token.clone()))).await;
            assert!(events.is_stream());
            let mut messages = events.rest().await;
            let response = messages.pop().expect("the response is the last");
            assert_eq!(response["id"], 7);
            assert_eq!(response["result"]["structuredContent"]["result"], "end", "{response}");
            assert_eq!(messages.len(), 4, "{messages:#?}");
            let mut last = f64::MIN;
            for (message, ends) in messages.iter().zip([false, true, false, true]) {
                assert_eq!(
                    (&message["method"], &message["params"]["progressToken"]),
                    (&json!("notifications/progress"), &token)
                );
                assert!(message.get("id").is_none(), "a notification");
                let progress = message["params"]["progress"].as_f64().expect("a number");
                assert!(progress > last, "it grows: {messages:#?}");
                last = progress;
                let text = message["params"]["message"].as_str().expect("a message");
                assert!(text.contains("up.wait") && text.contains("started") != ends, "{text}");
            }
        }
    });
}

#[test]
fn it_is_told_at_once_and_not_at_the_end() {
    with_gateway(async |client, upstream| {
        let mut events =
            Events::post(client.address(), &call("return await tools.up.wait({ ms: 60000 })", Some(json!(1)))).await;
        let first = events.next().await.expect("a notification");
        assert!(first["params"]["message"].as_str().is_some_and(|text| text.contains("started")), "{first}");
        upstream.until("the call is under way after it was told", |upstream| upstream.under_way() == 1).await;
    });
}

#[test]
fn nothing_is_told_without_a_token() {
    with_gateway(async |client, _| {
        let answer = client.post(&call("return await tools.up.wait({ ms: 5 })", None)).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("notifications/progress"));
        assert_eq!(tests::client::message(&answer)["result"]["structuredContent"]["result"], "done");
        // A client that reads events only gets the response as one, and no progress either.
        let headers = [("content-type", "application/json"), ("accept", "text/event-stream")];
        let answer = client
            .send("POST", "/mcp", &headers, call("return await tools.up.wait({ ms: 5 })", None).to_string())
            .await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("notifications/progress"));
        assert_eq!(tests::client::message(&answer)["result"]["structuredContent"]["result"], "done");
    });
}

#[test]
fn a_failed_call_is_told_too() {
    with_gateway(async |client, _| {
        let code = "try { await tools.up.wait({ ms: 'x' }) } catch {} return 1";
        let messages = Events::post(client.address(), &call(code, Some(json!(1)))).await.rest().await;
        let texts: Vec<&str> = messages.iter().filter_map(|message| message["params"]["message"].as_str()).collect();
        assert!(texts.iter().any(|text| text.contains("failed")), "{texts:?}");
    });
}

#[test]
fn a_client_that_leaves_a_stream_ends_the_run_and_its_calls() {
    with_gateway(async |client, upstream| {
        let code =
            "await Promise.all([1, 2, 3].map(() => tools.up.wait({ ms: 60000 }))); await tools.up.wait({ ms: 1 })";
        let mut events = Events::post(client.address(), &call(code, Some(json!(1)))).await;
        events.next().await.expect("a notification");
        upstream.until("all calls are there", |upstream| upstream.under_way() == 3).await;
        drop(events);
        upstream.until("all calls lose their connection", |upstream| upstream.abandoned() == 3).await;
        assert_eq!(upstream.take_calls().len(), 3, "the script did not go on");
    });
}

#[test]
fn a_client_that_leaves_before_its_answer_ends_the_run_and_its_calls() {
    with_gateway(async |client, upstream| {
        let message = call("await tools.up.wait({ ms: 60000 }); await tools.up.wait({ ms: 1 })", None);
        let waiting = tokio::spawn(async move { client.post(&message).await });
        upstream.until("the call is there", |upstream| upstream.under_way() == 1).await;
        waiting.abort();
        upstream.until("the call loses its connection", |upstream| upstream.abandoned() == 1).await;
        assert_eq!(upstream.take_calls().len(), 1, "the script did not go on");
    });
}
