use crate::app::{App, computing, waiting};
use crate::exchange::{answer, ask};
use bobbin::Host;
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_answered_and_new_connections_are_refused() {
    let app = App::serving(&waiting(700), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let address = host.address();
    let client = ask(address);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let stopping = tokio::spawn(host.stop());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    let response = tokio::task::spawn_blocking(|| answer(client)).await.expect("an exchange");
    assert_eq!(response.0, 200);
    stopping.await.expect("the host stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_does_not_end_holds_the_host_for_the_grace_period_only() {
    let app = App::serving(&waiting(3_600_000), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let _client = ask(host.address());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let start = Instant::now();
    host.stop().await;
    let took = start.elapsed();
    assert!((Duration::from_secs(4)..Duration::from_secs(8)).contains(&took), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_computes_does_not_hold_the_host_longer() {
    let app = App::serving(&computing(12_000), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let _client = ask(host.address());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let start = Instant::now();
    host.stop().await;
    let took = start.elapsed();
    assert!(took < Duration::from_secs(9), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_dropped_stops_listening() {
    let app = App::serving(&waiting(0), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let address = host.address();
    drop(host);
    let start = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5), "somebody still listens");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
