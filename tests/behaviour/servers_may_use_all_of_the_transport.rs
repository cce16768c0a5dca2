//! Pages, events and sessions of upstream servers, as scripts see them: not at all.

use serde_json::json;
use tests::gateway::Gateway;
use tests::upstream::{Forgetful, servers};

#[test]
fn every_page_of_a_list_counts_and_the_response_is_found_among_events() {
    tests::run(async {
        let upstream = Forgetful::start().await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let code =
            "return [Object.keys(tools.up), await tools.up.first(), await tools.up.second(), await tools.up.odd()]";
        let run = gateway.client().execute(code).await;
        assert_eq!(*run.value(), json!([["first", "second", "odd"], "first", "second", "odd"]));
        assert_eq!(upstream.begun(), 1);
    });
}

#[test]
fn a_session_that_the_server_forgot_is_begun_anew_once() {
    tests::run(async {
        let upstream = Forgetful::start().await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let code = "return await Promise.all(Array.from({ length: 10 }, () => tools.up.second()))";
        for begun in 1..=3 {
            let run = gateway.client().execute(code).await;
            assert_eq!(*run.value(), json!(vec!["second"; 10]));
            assert_eq!(upstream.begun(), begun);
            upstream.forget();
        }
    });
}

#[test]
fn what_was_replaced_in_a_list_is_said() {
    tests::run(async {
        let upstream = Forgetful::start().await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let listed = gateway.client().call("list_servers", json!({})).await;
        let server = &listed["servers"][0];
        assert_eq!((&server["tools"], &server["health"]), (&json!(3), &json!("ok")));
        let message = server["message"].as_str().unwrap_or_default();
        assert!(message.contains("broken text"), "{listed}");
    });
}
