//! Whatever a server does, the script learns in time which server it was and what it did, other servers are as before,
//! and no connection stays open.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Fault, Faulty, servers};

/// `timeout` of the servers that misbehave, in milliseconds.
const TIMEOUT_MS: u64 = 1_000;
/// In which everything must be over: the timeout, and what a loaded machine adds.
const PATIENCE: Duration = Duration::from_secs(6);

/// Faults of an answer, and words of the error that tells of them.
const FAULTS: [(Fault, &str, &str); 14] = [
    (Fault::HangsBeforeHeaders, "hangs_before", "took too long"),
    (Fault::HangsAfterHeaders, "hangs_after", "took too long"),
    (Fault::Drips, "drips", "took too long"),
    (Fault::ClosesMidBody, "mid_body", "broke off the exchange"),
    (Fault::ClosesMidSse, "mid_sse", "a stream that ended before the response"),
    (Fault::ClosesMidJson, "mid_json", "invalid JSON"),
    (Fault::InternalError, "internal_error", "HTTP 500 Internal Server Error: out of cheese"),
    (Fault::TooManyRequests, "too_many", "HTTP 429 Too Many Requests. It says: retry after 7"),
    (Fault::Huge, "huge", "more than 4194304 bytes"),
    (Fault::Gzip, "gzip", "a body compressed as gzip"),
    (Fault::Html, "html", "the content type text/html"),
    (Fault::WrongId, "wrong_id", "a response to another request"),
    (Fault::TwoAnswers, "two_answers", "two responses to one request"),
    (Fault::RedirectsInward, "redirects", "a redirect (HTTP 307 Temporary Redirect) to http://169.254.169.254"),
];

/// A gateway with a server for each of the faults, which show on `method`, and the server `up` in order.
struct Scene {
    gateway: Gateway,
    faulty: Vec<Faulty>,
    up: Canned,
}

impl Scene {
    async fn new(faults: &[(Fault, &str, &str)], method: &'static str) -> Self {
        let up = Canned::start([CannedTool::wait()]).await;
        let mut entries: Value = serde_json::from_str(&servers([("up", up.url())])).expect("JSON");
        let mut faulty = Vec::new();
        for (fault, alias, _) in faults {
            let server = Faulty::start(*fault, method).await;
            entries["mcpServers"][alias] = json!({"type": "http", "url": server.url(), "timeout": TIMEOUT_MS});
            faulty.push(server);
        }
        Self { gateway: Gateway::start(&entries.to_string()).await, faulty, up }
    }

    /// Calls `act` of every faulty server and `wait` of the sound one, all at once: what each of the faults became, in
    /// their order.
    async fn call_all(&self, faults: &[(Fault, &str, &str)]) -> Vec<String> {
        let calls: String = faults.iter().map(|(_, alias, _)| format!("tools.{alias}.act({{}}), ")).collect();
        let code = format!(
            "const sound = tools.up.wait({{ ms: 1 }});
             const settled = await Promise.allSettled([{calls}]);
             return [await sound, ...settled.map(({{ reason, value }}) => reason?.message ?? `gave ${{value}}`)]"
        );
        let started = Instant::now();
        let run = self.gateway.client().execute(&code).await;
        assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
        let mut outcomes = run.value().as_array().expect("an array").iter().map(|text| text.as_str().expect("text"));
        assert_eq!(outcomes.next(), Some("done"), "the sound server is as before");
        outcomes.map(str::to_owned).collect()
    }

    /// No connection of the faulty servers is open, and the sound one answers.
    async fn assert_nothing_is_left(&self) {
        for server in &self.faulty {
            server.until_all_are_closed().await;
        }
        let run = self.gateway.client().execute("return await tools.up.wait({ ms: 1 })").await;
        assert_eq!(run.value(), "done");
        assert_eq!(self.up.under_way(), 0);
    }
}

fn assert_told(faults: &[(Fault, &str, &str)], outcomes: &[String]) {
    assert_eq!(outcomes.len(), faults.len());
    for ((fault, alias, words), message) in faults.iter().zip(outcomes) {
        assert!(message.contains(&format!("\"{alias}\"")) && message.contains(words), "{fault:?}: {message}");
    }
}

#[test]
fn on_a_call() {
    tests::run(async {
        let scene = Scene::new(&FAULTS, "tools/call").await;
        assert_told(&FAULTS, &scene.call_all(&FAULTS).await);
        scene.assert_nothing_is_left().await;
    });
}

#[test]
fn on_its_list() {
    tests::run(async {
        let endless = (Fault::EndlessList, "endless", "a tool list of more than 100 pages");
        let faults: Vec<_> = FAULTS.into_iter().chain([endless]).collect();
        let scene = Scene::new(&faults, "tools/list").await;
        let started = Instant::now();
        let listed = scene.gateway.client().call("list_servers", json!({})).await;
        assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
        let of = |alias: &str| {
            let servers = listed["servers"].as_array().expect("a list of servers");
            servers.iter().find(|server| server["alias"] == alias).unwrap_or_else(|| panic!("{alias}: {listed:#}"))
        };
        assert_eq!(of("up")["health"], "ok", "{listed:#}");
        for (fault, alias, words) in &faults {
            let message = of(alias)["message"].as_str().unwrap_or_default();
            assert!(message.contains(&format!("\"{alias}\"")) && message.contains(words), "{fault:?}: {message}");
        }
        scene.assert_nothing_is_left().await;
    });
}

#[test]
fn on_the_handshake() {
    tests::run(async {
        let scene = Scene::new(&FAULTS, "initialize").await;
        assert_told(&FAULTS, &scene.call_all(&FAULTS).await);
        scene.assert_nothing_is_left().await;
    });
}

#[test]
fn a_malformed_tool_hides_no_other() {
    tests::run(async {
        let faults = [(Fault::MalformedTool, "malformed", "")];
        let scene = Scene::new(&faults, "tools/list").await;
        assert_eq!(scene.call_all(&faults).await, ["gave done"]);
        let listed = scene.gateway.client().call("list_servers", json!({})).await;
        let message = listed["servers"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("Tool \"broken\" was left out"), "{listed:#}");
        scene.assert_nothing_is_left().await;
    });
}
