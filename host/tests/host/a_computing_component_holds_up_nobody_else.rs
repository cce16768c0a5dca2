use crate::app::{App, by_path, computing, streaming};
use crate::exchange::{answer, ask, ask_for, ask_malformed, has_answer};
use bobbin::{Host, InstanceSettings, RunningHost};
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longer than any test.
const NO_LIMIT_MS: u64 = 3_600_000;

/// A host on which nothing that computes is ended.
async fn serving(app: &App) -> RunningHost {
    let settings = InstanceSettings { max_compute_ms: Some(NO_LIMIT_MS), ..Default::default() };
    Host::builder(app.manifest()).instances(settings).start().await.expect("a host")
}

#[tokio::test]
async fn other_connections_are_served_while_it_computes() {
    let app = App::serving(&computing(4_000), "");
    let host = serving(&app).await;
    let address = host.address();
    for _ in 0..3 {
        // One at a time: each takes a thread.
        let computing = [0, 1].map(|_| {
            let client = ask(address);
            sleep(Duration::from_millis(50));
            client
        });
        for _ in 0..10 {
            sleep(Duration::from_millis(30));
            assert_eq!(answer(ask_malformed(address)).0, 400);
        }
        for client in computing {
            assert!(!has_answer(&client), "the others were answered first");
            assert_eq!(answer(client).0, 200);
        }
    }
}

/// The median of how long it takes to answer a request.
fn median(address: SocketAddr, path: &str) -> Duration {
    let mut times: Vec<Duration> = (0..25)
        .map(|_| {
            let begin = Instant::now();
            assert_eq!(answer(ask_for(address, path, "")).0 / 100, 2);
            begin.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

/// Each waits for a moment before it computes, as real components do: an instance that waits seems to have time.
#[tokio::test]
async fn its_health_and_others_are_answered_beside_six_that_never_end() {
    let app = App::serving(&by_path(), "");
    let host = serving(&app).await;
    let endless: Vec<TcpStream> = (0..6).map(|_| ask_for(host.address(), "/compute", "")).collect();
    sleep(Duration::from_millis(200));
    for path in ["/healthz", "/"] {
        let took = median(host.address(), path);
        assert!(took <= Duration::from_millis(100), "{path}: {took:?}");
    }
    assert!(endless.iter().all(|client| !has_answer(client)), "they go on");
}

#[tokio::test]
async fn one_that_computes_behind_its_response_gets_no_other_request() {
    let app = App::serving(&streaming(), "");
    let host = serving(&app).await;
    let streams = [(); 3].map(|()| {
        let mut client = ask(host.address());
        let mut head = [0; 12];
        client.read_exact(&mut head).expect("the beginning of a response");
        assert_eq!(&head, b"HTTP/1.1 200", "from an instance of its own");
        sleep(Duration::from_millis(50));
        client
    });
    drop(streams);
}
