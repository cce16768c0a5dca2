use crate::app::{App, computing};
use crate::exchange::{answer, ask, ask_malformed};
use bobbin::Host;
use std::thread::sleep;
use std::time::{Duration, Instant};

#[tokio::test]
async fn other_connections_are_served_while_it_computes() {
    let app = App::serving(&computing(2_000), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let address = host.address();
    for _ in 0..3 {
        let start = Instant::now();
        // One at a time: each takes the thread that looks after sockets.
        let computing = [0, 1].map(|_| {
            let client = ask(address);
            sleep(Duration::from_millis(50));
            client
        });
        for _ in 0..10 {
            sleep(Duration::from_millis(30));
            assert_eq!(answer(ask_malformed(address)).0, 400);
        }
        let took = start.elapsed();
        assert!(took < Duration::from_millis(1_500), "ten other requests took {took:?}");
        for client in computing {
            assert_eq!(answer(client).0, 200);
        }
    }
}
