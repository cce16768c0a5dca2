use crate::app::{App, by_path, streaming};
use crate::exchange::{answer, ask, ask_for, has_answer};
use bobbin::{Host, InstanceSettings, RunningHost};
use std::io::Read;
use std::thread::sleep;
use std::time::{Duration, Instant};

async fn serving(app: &App, settings: InstanceSettings) -> RunningHost {
    Host::builder(app.manifest()).instances(settings).start().await.expect("a host")
}

fn limited(max_compute_ms: u64) -> InstanceSettings {
    InstanceSettings { max_compute_ms: Some(max_compute_ms), ..Default::default() }
}

#[tokio::test]
async fn its_client_is_told_and_others_go_on() {
    let app = App::serving(&by_path(), "");
    let host = serving(&app, limited(200)).await;
    let waiting = ask_for(host.address(), "/wait", "");
    let (status, text) = answer(ask_for(host.address(), "/compute", ""));
    assert_eq!(status, 500, "{text}");
    assert!(text.contains("compute: this request computed for longer than 200 ms"), "{text}");
    assert!(text.contains("application/problem+json"), "{text}");
    assert!(!has_answer(&waiting), "what only waits goes on");
    assert_eq!(answer(ask(host.address())).0, 200);
}

#[tokio::test]
async fn its_stream_breaks_off() {
    let app = App::serving(&streaming(), "");
    let host = serving(&app, limited(200)).await;
    let mut text = String::new();
    let ended = ask(host.address()).read_to_string(&mut text);
    assert!(text.starts_with("HTTP/1.1 200"), "{ended:?}: {text}");
    assert!(!text.ends_with("0\r\n\r\n"), "no end in good order: {text}");
}

/// What others compute meanwhile does not count, or six would be ended after a sixth of their time.
#[tokio::test]
async fn what_counts_is_its_own_time() {
    let app = App::serving(&by_path(), "");
    let host = serving(&app, limited(600)).await;
    let begin = Instant::now();
    let clients: Vec<_> = (0..6).map(|_| ask_for(host.address(), "/compute", "")).collect();
    assert!(clients.into_iter().all(|client| answer(client).0 == 500));
    let cores = std::thread::available_parallelism().expect("a number").get() as u32;
    let least = Duration::from_millis(600) * 6 / cores.min(6);
    assert!(begin.elapsed() >= least, "{:?}", begin.elapsed());
}

/// A second longer than a run may compute by the variable of the application.
#[tokio::test]
async fn the_application_says_how_long_that_is() {
    let app = App::new(
        r#"
        spin_manifest_version = 2
        [application]
        name = "test"
        [variables]
        run_compute = { default = "100" }
        [[trigger.http]]
        route = "/..."
        component = "served"
        [component.served]
        source = "served.wasm"
        [component.served.variables]
        run_compute = "{{ run_compute }}"
        "#,
    )
    .with("served.wasm", &by_path());
    let host = serving(&app, InstanceSettings::default()).await;
    let (status, text) = answer(ask_for(host.address(), "/compute", ""));
    assert_eq!(status, 500);
    assert!(text.contains("longer than 1100 ms"), "{text}");
}

#[tokio::test]
async fn one_whose_client_has_left_is_ended_at_once() {
    let app = App::serving(&by_path(), "");
    let settings = InstanceSettings { max_instances: 1, ..limited(3_600_000) };
    let host = serving(&app, settings).await;
    let leaving = ask_for(host.address(), "/compute", "");
    sleep(Duration::from_millis(100));
    drop(leaving);
    assert_eq!(answer(ask(host.address())).0, 200, "there is room again");
}
