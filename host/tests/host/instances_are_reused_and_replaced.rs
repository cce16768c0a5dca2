use crate::app::{App, answering};
use crate::exchange::status;
use bobbin::{Host, InstanceSettings, RunningHost};
use std::time::Duration;

async fn serving(settings: InstanceSettings) -> (App, RunningHost) {
    let app = App::serving(&answering(), "");
    let host = Host::builder(app.manifest()).instances(settings).start().await.expect("a host");
    (app, host)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_answers_500_and_the_next_request_gets_a_new_instance() {
    let (_app, host) = serving(InstanceSettings::default()).await;
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(status(host.address()).await);
    }
    assert_eq!(seen, [200, 201, 500, 200, 201, 500]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_answers_no_more_than_max_requests() {
    let (_app, host) = serving(InstanceSettings { max_requests: 1, ..Default::default() }).await;
    for _ in 0..3 {
        assert_eq!(status(host.address()).await, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_instance_is_disposed_of() {
    let (_app, host) = serving(InstanceSettings { idle_timeout_ms: 50, ..Default::default() }).await;
    assert_eq!(status(host.address()).await, 200);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(status(host.address()).await, 200);
}
