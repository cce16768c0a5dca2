//! Calls under `Promise.all` are really under way at the same time.

use std::time::Duration;

use serde_json::json;
use tests::client::Run;
use tests::gateway::Gateway;
use tests::upstream::{Stopwatch, servers};

use crate::alone;

/// Runs a script eleven times, after once to get warm, and gives the median of how long it took, end to end.
async fn median(gateway: &Gateway, code: &str, check: impl Fn(&Run)) -> Duration {
    check(&gateway.client().execute(code).await);
    let mut times = Vec::new();
    for _ in 0..11 {
        let run = gateway.client().execute(code).await;
        check(&run);
        times.push(run.took);
    }
    times.sort();
    times[times.len() / 2]
}

#[test]
fn ten_tools_of_10_ms_take_at_most_20_ms() {
    alone(async {
        let upstream = Stopwatch::start().await;
        let gateway = Gateway::start(&servers([("stopwatch", upstream.url())])).await;
        let code = "const waits = Array.from({ length: 10 }, () => tools.stopwatch.wait({ ms: 10 }));
                    return (await Promise.all(waits)).length";
        let median = median(&gateway, code, |run| assert_eq!(*run.value(), json!(10))).await;
        assert!(median >= Duration::from_millis(10), "{median:?}: the tools really wait");
        assert!(median <= Duration::from_millis(20), "{median:?}");
        assert_eq!(upstream.calls(), 12 * 10, "every call reached the server once");
    });
}

/// The other side of the same coin: a script that awaits each call gets them one after the other.
#[test]
fn awaited_tools_take_their_sum() {
    alone(async {
        let upstream = Stopwatch::start().await;
        let gateway = Gateway::start(&servers([("stopwatch", upstream.url())])).await;
        let code = "for (let i = 0; i < 5; i++) await tools.stopwatch.wait({ ms: 10 }); return 'done'";
        let median = median(&gateway, code, |run| assert_eq!(*run.value(), json!("done"))).await;
        assert!(median >= Duration::from_millis(50), "{median:?}");
        assert!(median <= Duration::from_millis(100), "{median:?}");
    });
}
