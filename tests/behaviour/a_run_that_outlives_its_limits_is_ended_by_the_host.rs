//! The interpreter counts what a script does. Should it ever miss something, the local host ends the instance, and the
//! client of that one gets an answer that says so. Here the host is given less patience than the interpreter has.

use bobbin::InstanceSettings;
use serde_json::{Value, json};
use tests::events::Events;
use tests::gateway::Gateway;
use tests::skip::skip;
use tests::upstream::{Canned, CannedTool, servers};

const ENDLESS: &str = "while (true) {}";

/// Runs `check` against such a gateway.
fn with_impatient_host(test: &str, check: impl AsyncFnOnce(&Gateway)) {
    if std::env::var("BOBBIN_HOST").is_ok_and(|host| host == "spin") {
        return skip(test, "Spin ends no component that computes");
    }
    tests::run(async {
        let instances = InstanceSettings { max_compute_ms: Some(300), ..Default::default() };
        let upstream = Canned::start([CannedTool::wait()]).await;
        let servers = servers([("up", upstream.url())]);
        let gateway = Gateway::start_on(&[("servers", &servers), ("run_compute", "60000")], instances).await;
        check(&gateway).await;
        assert_eq!(*gateway.client().execute("return 1").await.value(), json!(1), "the gateway goes on");
    });
}

fn call(tool: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": "seven", "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
}

#[test]
fn its_answer_has_an_error_of_the_kind_compute() {
    with_impatient_host("its_answer_has_an_error_of_the_kind_compute", async |gateway| {
        let run = gateway.client().execute(ENDLESS).await;
        assert_eq!(run.error_kind(), "compute", "{:#}", run.call_result);
        assert!(run.error_message().contains("300 ms"), "{}", run.error_message());
    });
}

#[test]
fn its_stream_ends_with_the_same_answer() {
    with_impatient_host("its_stream_ends_with_the_same_answer", async |gateway| {
        // What is told of the call begins the stream.
        let code = format!("await tools.up.wait({{ ms: 10 }}); {ENDLESS}");
        let mut message = call("execute_code", json!({ "code": code }));
        message["params"]["_meta"] = json!({"progressToken": 1});
        let events = Events::post(gateway.address(), &message).await;
        assert!(events.is_stream());
        let answer = events.rest().await.pop().expect("an answer");
        assert_eq!(answer["id"], "seven");
        assert_eq!(answer["result"]["isError"], true);
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "compute", "{answer}");
    });
}

#[test]
fn others_go_on_meanwhile() {
    with_impatient_host("others_go_on_meanwhile", async |gateway| {
        let endless: Vec<_> = (0..6)
            .map(|_| {
                let client = gateway.client();
                tokio::spawn(async move { client.execute(ENDLESS).await.error_kind().to_string() })
            })
            .collect();
        for number in 0..10 {
            let run = gateway.client().execute(&format!("return {number}")).await;
            assert_eq!(*run.value(), json!(number));
        }
        for run in endless {
            assert_eq!(run.await.expect("a run"), "compute");
        }
    });
}
