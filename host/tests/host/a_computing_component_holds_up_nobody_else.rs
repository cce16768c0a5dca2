use crate::app::{App, computing};
use crate::exchange::{answer, ask, ask_malformed, has_answer};
use bobbin::Host;
use std::thread::sleep;
use std::time::Duration;

#[tokio::test]
async fn other_connections_are_served_while_it_computes() {
    let app = App::serving(&computing(4_000), "");
    let host = Host::builder(app.manifest()).start().await.expect("a host");
    let address = host.address();
    for _ in 0..3 {
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
        for client in computing {
            assert!(!has_answer(&client), "the others were answered first");
            assert_eq!(answer(client).0, 200);
        }
    }
}
