//! Whatever a server of either era does, the caller learns in time which server it was and what it did, other servers
//! are as before, and no connection stays open.

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};
use tests::client::message;
use tests::era::Era;
use tests::events::Events;
use tests::gateway::Gateway;
use tests::http::Error;
use tests::peer::Peer;
use tests::upstream::{Canned, CannedTool, Fault, Faulty, servers};

/// `timeout` of the servers that misbehave, in milliseconds.
const TIMEOUT_MS: u64 = 1_000;
/// In which everything must be over: the timeout, and what a loaded machine adds.
const PATIENCE: Duration = Duration::from_secs(6);
/// Bytes after which a caller has seen enough of an answer.
const ENOUGH_BYTES: usize = 1 << 20;

/// A fault of an answer.
struct Row {
    fault: Fault,
    alias: &'static str,
    /// Words of the error where the gateway reads the answer itself.
    words: &'static str,
    passed: Passed,
}

/// What becomes of an answer that the gateway passes on as it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passed {
    /// An error of the gateway in its place, with the words.
    Refused(StatusCode),
    /// It ends before its end, and the caller sees that it does.
    BreaksOff,
    /// As it is, with this in its body.
    AsItIs(StatusCode, &'static str),
    /// As it is for as long as the caller reads.
    GoesOn,
}

const fn row(fault: Fault, alias: &'static str, words: &'static str, passed: Passed) -> Row {
    Row { fault, alias, words, passed }
}

const BAD_GATEWAY: Passed = Passed::Refused(StatusCode::BAD_GATEWAY);
const TIMEOUT: Passed = Passed::Refused(StatusCode::GATEWAY_TIMEOUT);

const fn as_it_is(words: &'static str) -> Passed {
    Passed::AsItIs(StatusCode::OK, words)
}

const FAULTS: [Row; 14] = [
    row(Fault::HangsBeforeHeaders, "hangs_before", "took too long", TIMEOUT),
    row(Fault::HangsAfterHeaders, "hangs_after", "took too long", Passed::BreaksOff),
    row(Fault::Drips, "drips", "took too long", Passed::BreaksOff),
    row(Fault::ClosesMidBody, "mid_body", "broke off the exchange", Passed::BreaksOff),
    row(Fault::ClosesMidSse, "mid_sse", "a stream that ended before the response", as_it_is("data: {")),
    row(Fault::ClosesMidJson, "mid_json", "invalid JSON", as_it_is("{")),
    row(
        Fault::InternalError,
        "internal_error",
        "HTTP 500 Internal Server Error: out of cheese",
        Passed::AsItIs(StatusCode::INTERNAL_SERVER_ERROR, "out of cheese"),
    ),
    row(
        Fault::TooManyRequests,
        "too_many",
        "HTTP 429 Too Many Requests. It says: retry after 7",
        Passed::AsItIs(StatusCode::TOO_MANY_REQUESTS, ""),
    ),
    row(Fault::Huge, "huge", "more than 4194304 bytes", Passed::GoesOn),
    row(Fault::Gzip, "gzip", "a body compressed as gzip", BAD_GATEWAY),
    row(Fault::Html, "html", "the content type text/html", BAD_GATEWAY),
    row(Fault::WrongId, "wrong_id", "a response to another request", as_it_is("another")),
    row(Fault::TwoAnswers, "two_answers", "two responses to one request", as_it_is("[{")),
    row(
        Fault::RedirectsInward,
        "redirects",
        "a redirect (HTTP 307 Temporary Redirect) to http://169.254.169.254",
        BAD_GATEWAY,
    ),
];

/// A gateway with a server for each of the faults, which show on `method`, and the server `up` in order.
struct Scene<'a> {
    faults: &'a [Row],
    gateway: Gateway,
    faulty: Vec<Faulty>,
    up: Canned,
}

impl<'a> Scene<'a> {
    async fn new(era: Era, faults: &'a [Row], method: &'static str) -> Self {
        let up = Canned::start_of(era, [CannedTool::wait()]).await;
        let mut entries: Value = serde_json::from_str(&servers([("up", up.url())])).expect("JSON");
        let mut faulty = Vec::new();
        for row in faults {
            let server = Faulty::start(era, row.fault, method).await;
            entries["mcpServers"][row.alias] = json!({"type": "http", "url": server.url(), "timeout": TIMEOUT_MS});
            faulty.push(server);
        }
        Self { faults, gateway: Gateway::start(&entries.to_string()).await, faulty, up }
    }

    /// Calls `act` of every faulty server and `wait` of the sound one, all at once: what each of the faults became, in
    /// their order.
    async fn call_all(&self) -> Vec<String> {
        let calls: String = self.faults.iter().map(|row| format!("tools.{}.act({{}}), ", row.alias)).collect();
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

    /// Sends what `send` does to `/mcp/<alias>` of every faulty server and a call of `wait` to the sound one, all at
    /// once: what each of the faults became, in their order.
    async fn pass_all<R>(&self, era: Era, send: impl AsyncFn(Peer) -> R) -> Vec<R> {
        let peer = |alias: &str| Peer::new(self.gateway.client(), &format!("/mcp/{alias}"), era, json!({}));
        let started = Instant::now();
        let sound = async {
            let peer = Peer::of(era, self.gateway.client(), "/mcp/up").await;
            peer.result("tools/call", json!({"name": "wait", "arguments": {"ms": 1}})).await
        };
        let faulty = join_all(self.faults.iter().map(|row| send(peer(row.alias))));
        let (sound, outcomes) = tokio::join!(sound, faulty);
        assert_eq!(sound["content"][0]["text"], "done", "the sound server is as before");
        assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
        outcomes
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

    fn assert_told(&self, outcomes: &[String]) {
        assert_eq!(outcomes.len(), self.faults.len());
        for (Row { fault, alias, words, .. }, message) in self.faults.iter().zip(outcomes) {
            assert!(message.contains(&format!("\"{alias}\"")) && message.contains(words), "{fault:?}: {message}");
        }
    }
}

/// An answer as a caller got it.
struct Seen {
    status: StatusCode,
    retry_after: Option<String>,
    body: String,
    end: End,
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Whole,
    Broken,
    Left,
}

/// Reads an answer; `None`: it broke off before its head had arrived.
async fn see(answer: Result<Events, Error>) -> Option<Seen> {
    let mut answer = answer.ok()?;
    let mut body = Vec::new();
    let end = loop {
        match answer.chunk().await {
            Some(Ok(chunk)) => body.extend_from_slice(&chunk),
            Some(Err(_)) => break End::Broken,
            None => break End::Whole,
        }
        if body.len() > ENOUGH_BYTES {
            break End::Left;
        }
    };
    let retry_after = answer.headers.get("retry-after").map(|value| value.to_str().expect("text").to_owned());
    Some(Seen { status: answer.status, retry_after, body: String::from_utf8_lossy(&body).into_owned(), end })
}

/// What became of an answer that was passed on is what should.
fn assert_passed(Row { fault, alias, words, .. }: &Row, passed: Passed, seen: Option<&Seen>) {
    let Some(seen) = seen else {
        assert_eq!(passed, Passed::BreaksOff, "{fault:?}: there is no answer");
        return;
    };
    let Seen { status, retry_after, body, end } = seen;
    let shown = format!("{fault:?}: {status} {}, {end:?}", &body[..body.len().min(500)]);
    match passed {
        Passed::Refused(expected) => {
            assert!(*status == expected && *end == End::Whole, "{shown}");
            let error: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{shown}"));
            let message = error["error"]["message"].as_str().unwrap_or_default();
            assert!(message.contains(&format!("\"{alias}\"")) && message.contains(words), "{shown}");
        }
        Passed::BreaksOff => assert!(*status == StatusCode::OK && *end == End::Broken, "{shown}"),
        Passed::AsItIs(expected, part) => {
            assert!(*status == expected && body.contains(part) && *end == End::Whole, "{shown}");
            assert_eq!(retry_after.as_deref(), Some("7").filter(|_| *fault == Fault::TooManyRequests), "{shown}");
        }
        Passed::GoesOn => assert!(*status == StatusCode::OK && *end == End::Left, "{shown}"),
    }
}

/// A call of the one tool, of parameters that suit any era.
fn act() -> Value {
    json!({"name": "act", "arguments": {}})
}

#[test]
fn on_a_call() {
    for era in Era::ALL {
        tests::run(async {
            let scene = Scene::new(era, &FAULTS, "tools/call").await;
            scene.assert_told(&scene.call_all().await);
            scene.assert_nothing_is_left().await;
        });
    }
}

#[test]
fn on_its_list() {
    let endless = row(Fault::EndlessList, "endless", "a tool list of more than 100 pages", as_it_is("nextCursor"));
    let faults: Vec<_> = FAULTS.into_iter().chain([endless]).collect();
    for era in Era::ALL {
        tests::run(async {
            let scene = Scene::new(era, &faults, "tools/list").await;
            let started = Instant::now();
            let listed = scene.gateway.client().call("list_servers", json!({})).await;
            assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
            let of = |alias: &str| {
                let servers = listed["servers"].as_array().expect("a list of servers");
                servers.iter().find(|server| server["alias"] == alias).unwrap_or_else(|| panic!("{alias}: {listed:#}"))
            };
            assert_eq!(of("up")["health"], "ok", "{listed:#}");
            let told = faults.iter().map(|row| of(row.alias)["message"].as_str().unwrap_or_default().to_owned());
            scene.assert_told(&told.collect::<Vec<_>>());
            scene.assert_nothing_is_left().await;
        });
    }
}

#[test]
fn on_the_handshake() {
    for era in Era::ALL {
        tests::run(async {
            let scene = Scene::new(era, &FAULTS, era.first_method()).await;
            scene.assert_told(&scene.call_all().await);
            scene.assert_nothing_is_left().await;
        });
    }
}

#[test]
fn a_malformed_tool_hides_no_other() {
    let faults = [row(Fault::MalformedTool, "malformed", "", as_it_is("broken"))];
    for era in Era::ALL {
        tests::run(async {
            let scene = Scene::new(era, &faults, "tools/list").await;
            assert_eq!(scene.call_all().await, ["gave done"]);
            let listed = scene.gateway.client().call("list_servers", json!({})).await;
            let message = listed["servers"][0]["message"].as_str().unwrap_or_default();
            assert!(message.contains("Tool \"broken\" was left out"), "{listed:#}");
            scene.assert_nothing_is_left().await;
        });
    }
}

#[test]
fn on_a_call_that_is_passed_through() {
    for era in Era::ALL {
        tests::run(async {
            let scene = Scene::new(era, &FAULTS, "tools/call").await;
            let seen = scene.pass_all(era, async |peer| see(peer.try_stream("tools/call", act()).await).await).await;
            for (row, seen) in FAULTS.iter().zip(&seen) {
                assert_passed(row, row.passed, seen.as_ref());
            }
            drop(seen);
            scene.assert_nothing_is_left().await;
        });
    }
}

#[test]
fn on_a_handshake_that_is_passed_through() {
    for era in Era::ALL {
        tests::run(async {
            let scene = Scene::new(era, &FAULTS, era.first_method()).await;
            let seen =
                scene.pass_all(era, async |peer| see(peer.try_stream(era.first_method(), json!({})).await).await).await;
            for (row, seen) in FAULTS.iter().zip(&seen) {
                // The gateway looks at it before it passes it on.
                let passed = match (row.passed, row.fault) {
                    (Passed::BreaksOff, Fault::ClosesMidBody) => BAD_GATEWAY,
                    (Passed::BreaksOff, _) => TIMEOUT,
                    (passed, _) => passed,
                };
                assert_passed(row, passed, seen.as_ref());
            }
            drop(seen);
            scene.assert_nothing_is_left().await;
        });
    }
}

#[test]
fn on_a_call_by_a_client_of_the_other_era() {
    for (era, other) in [(Era::Legacy, Era::Modern), (Era::Modern, Era::Legacy)] {
        tests::run(async {
            let scene = Scene::new(era, &FAULTS, "tools/call").await;
            let call = async |peer: Peer| {
                let peer = peer.begun().await;
                let answer = peer.send(&peer.message("tools/call", act())).await;
                message(&answer)["error"]["message"].as_str().unwrap_or_default().to_owned()
            };
            scene.assert_told(&scene.pass_all(other, call).await);
            scene.assert_nothing_is_left().await;
        });
    }
}

/// Calls the one faulty tool of a scene with this fault, and `wait` of the sound server again and again for as long as
/// that takes: what it became, and how long the slowest of the sound calls took.
async fn call_beside_another_caller(scene: &Scene<'_>) -> (String, Duration) {
    let is_over = Cell::new(false);
    let faulty = async {
        let outcomes = scene.call_all().await;
        is_over.set(true);
        outcomes.into_iter().next().expect("one fault")
    };
    let other = async {
        let peer = Peer::of(Era::Modern, scene.gateway.client(), "/mcp?mode=direct").await;
        let mut slowest = Duration::ZERO;
        while !is_over.get() {
            let started = Instant::now();
            let result = peer.result("tools/call", json!({"name": "up__wait", "arguments": {"ms": 1}})).await;
            assert_eq!(result["content"][0]["text"], "done");
            slowest = slowest.max(started.elapsed());
        }
        slowest
    };
    tokio::join!(faulty, other)
}

#[test]
fn that_asks_without_end() {
    /// Replies to a server's requests that one answer starts, and how many of them are under way at the same time.
    const REPLIES: usize = 128;
    const AT_ONCE: usize = 4;
    let faults = [row(Fault::AsksWithoutEnd, "asks", "more than 128 requests of its own", Passed::GoesOn)];
    tests::run(async {
        let scene = Scene::new(Era::Legacy, &faults, "tools/call").await;
        let asks = &scene.faulty[0];
        let (outcome, slowest) = call_beside_another_caller(&scene).await;
        scene.assert_told(&[outcome]);
        assert!(slowest < Duration::from_secs(2), "another caller waited {slowest:?}");
        // Discovery, the handshake of two messages, and the call are no replies.
        assert!(asks.received() <= 4 + REPLIES, "{} requests", asks.received());
        // Beside the stream, and connections that the server has answered and not closed yet.
        assert!(asks.most_open() <= 1 + 2 * AT_ONCE, "{} connections", asks.most_open());
        scene.assert_nothing_is_left().await;

        // What is passed through is for its caller to answer: nothing is started by the gateway.
        let before = asks.received();
        let seen =
            scene.pass_all(Era::Legacy, async |peer| see(peer.try_stream("tools/call", act()).await).await).await;
        assert_passed(&faults[0], faults[0].passed, seen[0].as_ref());
        assert_eq!(asks.received(), before + 1);
        drop(seen);
        scene.assert_nothing_is_left().await;
    });
}

#[test]
fn that_asks_a_client_of_the_other_era_without_end() {
    let faults = [row(Fault::AsksWithoutEnd, "asks", "more than 128 requests of its own", Passed::GoesOn)];
    tests::run(async {
        let scene = Scene::new(Era::Legacy, &faults, "tools/call").await;
        let call = async |peer: Peer| {
            let answer = peer.send(&peer.message("tools/call", act())).await;
            message(&answer)["error"]["message"].as_str().unwrap_or_default().to_owned()
        };
        scene.assert_told(&scene.pass_all(Era::Modern, call).await);
        scene.assert_nothing_is_left().await;
    });
}

#[test]
fn that_tells_without_end() {
    let faults = [row(Fault::TellsWithoutEnd, "tells", "gave done", Passed::GoesOn)];
    for era in Era::ALL {
        tests::run(async {
            let scene = Scene::new(era, &faults, "tools/call").await;
            let tells = &scene.faulty[0];
            let (outcome, slowest) = call_beside_another_caller(&scene).await;
            assert_eq!(outcome, "gave done");
            assert!(slowest < Duration::from_secs(2), "another caller waited {slowest:?}");
            let before = tells.received();
            let listed = scene.gateway.client().call("list_servers", json!({})).await;
            assert_eq!(listed["servers"].as_array().map(Vec::len), Some(2), "{listed:#}");
            assert!(tells.received() <= before + 1, "however often it tells, its list is fetched once");
            scene.assert_nothing_is_left().await;
        });
    }
}
