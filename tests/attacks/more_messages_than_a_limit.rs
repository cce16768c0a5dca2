//! Ways to send more than a rate limit allows: many messages in one body.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::HEADERS;
use tests::era::Era;
use tests::gateway::Gateway;
use tests::upstream::Lenient;

const ADMIN: &str = "key-of-the-operator-4711";

/// Waits for the next minute where this one is nearly over: requests are counted by the minute.
async fn early_in_a_minute() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs() % 60;
    if now > 40 {
        tokio::time::sleep(Duration::from_secs(60 - now)).await;
    }
}

#[test]
fn each_message_counts() {
    tests::run(async {
        let lenient = Lenient::start(Era::Legacy, false).await;
        let gateway = Gateway::start_with(&[("admin_key", ADMIN)]).await;
        let api = gateway.api().with_key(ADMIN);
        api.add_server("x", &lenient.url(), json!({})).await;
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "read"}});
        let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
        let many = |count: usize| Value::from(vec![call.clone(); count]);
        let send = async |key: &str, body: &Value| {
            gateway.client().with_key(key).send("POST", "/mcp/x", &HEADERS, body.to_string()).await.status
        };
        early_in_a_minute().await;
        for body in
            [many(6), json!([many(200)]), json!([[many(200)]]), json!([call, many(5)]), json!(vec![cancel.clone(); 6])]
        {
            let key = api.add_key(json!({"rateLimitPerMinute": 5})).await.text;
            let before = lenient.received().len();
            assert_eq!(send(&key, &body).await, StatusCode::TOO_MANY_REQUESTS, "{}", &body.to_string()[..60]);
            assert_eq!(lenient.received().len(), before);
        }
        // What is refused is counted, too.
        let key = api.add_key(json!({"rateLimitPerMinute": 5})).await.text;
        let before = lenient.received().len();
        assert_eq!(send(&key, &json!([many(2)])).await, StatusCode::BAD_REQUEST);
        assert_eq!(send(&key, &json!([call, cancel])).await, StatusCode::ACCEPTED, "a flat batch passes");
        assert_eq!(send(&key, &call).await, StatusCode::OK);
        assert_eq!(send(&key, &call).await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(lenient.received().len(), before + 2);
    });
}
