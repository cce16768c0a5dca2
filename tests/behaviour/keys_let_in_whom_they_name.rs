//! Keys of clients: whom they let in, to what, how often and until when; and what a key does not name is not there.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};
use tests::api::{Api, Key};
use tests::client::{Client, HEADERS, message};
use tests::era::Era;
use tests::events::Events;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::state;
use tests::twin::{Probe, assert_alike};
use tests::upstream::{self, Canned, CannedTool, Reply, servers};

const ADMIN: &str = "key-of-the-operator-4711";
const PAST: &str = "2020-01-01T00:00:00Z";
const FUTURE: &str = "2199-01-01T00:00:00Z";

async fn start(servers: &str) -> (Gateway, Api) {
    let gateway = Gateway::start_with(&[("servers", servers), ("admin_key", ADMIN)]).await;
    let api = gateway.api().with_key(ADMIN);
    (gateway, api)
}

/// The status of a request to each of the doors.
async fn statuses(gateway: &Gateway, key: Option<&str>) -> Vec<u16> {
    let client = key.map_or(gateway.client(), |key| gateway.client().with_key(key));
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}).to_string();
    let mut statuses = Vec::new();
    for path in ["/mcp", "/mcp?mode=direct", "/mcp/up"] {
        statuses.push(client.send("POST", path, &HEADERS, ping.clone()).await.status.as_u16());
    }
    for path in ["/api/v1/servers", "/api/v1/openapi.json"] {
        statuses.push(client.send("GET", path, &[], "").await.status.as_u16());
    }
    statuses
}

#[test]
fn who_shows_no_key_or_a_wrong_one_is_told_how_to_come_in() {
    tests::run(async {
        let up = Canned::start([CannedTool::text("who", "up")]).await;
        let (gateway, api) = start(&servers([("up", up.url())])).await;
        let key = api.add_key(json!({})).await;
        let changed = format!("{}{}", &key.text[..key.text.len() - 1], if key.text.ends_with('A') { 'B' } else { 'A' });
        let nobodys = format!("bob_{}_{}", "a".repeat(12), "A".repeat(43));
        assert_eq!(statuses(&gateway, None).await, [401; 5]);
        for wrong in ["", "wrong", &changed, &nobodys, &key.id, &key.text[..20], &format!("{ADMIN}x")] {
            assert_eq!(statuses(&gateway, Some(wrong)).await, [401; 5], "{wrong}");
        }
        for (headers, challenge) in [
            (&[][..], "Bearer"),
            (&[("authorization", "Basic Zm9v")][..], "Bearer"),
            (&[("authorization", "Bearer wrong")][..], "Bearer error=\"invalid_token\""),
        ] {
            for (method, path) in [("POST", "/mcp"), ("POST", "/mcp/up"), ("GET", "/api/v1/servers")] {
                let answer = gateway.client().send(method, path, &[&HEADERS[..], headers].concat(), "").await;
                assert_eq!(answer.headers["www-authenticate"], challenge, "{path}");
            }
        }
        let problem = gateway.api().send("GET", "/servers", &[], Value::Null).await;
        assert_eq!((problem.problem(), problem.header("content-type")), ("unauthorized", "application/problem+json"));
        assert_eq!(gateway.client().send("GET", "/healthz", &[], "").await.status, StatusCode::OK);
        assert!(up.take_received().is_empty(), "nothing reached the server");
    });
}

#[test]
fn a_key_may_use_and_only_one_for_that_may_manage() {
    tests::run(async {
        let up = Canned::start([CannedTool::text("who", "up")]).await;
        let (gateway, api) = start(&servers([("up", up.url())])).await;
        let uses = api.add_key(json!({})).await;
        let manages = api.add_key(json!({"role": "manage"})).await;
        assert_eq!(statuses(&gateway, Some(&uses.text)).await, [200, 200, 200, 403, 403]);
        assert_eq!(statuses(&gateway, Some(&manages.text)).await, [200; 5]);
        assert_eq!(statuses(&gateway, Some(ADMIN)).await, [200; 5]);

        let refused = gateway.api().with_key(&uses.text).send("POST", "/keys", &[], json!({"name": "more"})).await;
        assert_eq!((refused.status, refused.problem()), (StatusCode::FORBIDDEN, "forbidden"));
        let made = gateway.api().with_key(&manages.text).add_key(json!({})).await;
        assert_eq!(statuses(&gateway, Some(&made.text)).await, [200, 200, 200, 403, 403]);
        // What a key may changes with it, at once.
        api.ask("PATCH", &format!("/keys/{}", manages.id), json!({"role": "use"})).await;
        assert_eq!(statuses(&gateway, Some(&manages.text)).await, [200, 200, 200, 403, 403]);

        let run = gateway.client().with_key(&uses.text).execute("return await tools.up.who({})").await;
        assert_eq!(*run.value(), json!("up"));
    });
}

#[test]
fn a_key_ends_when_it_expires_and_when_it_is_revoked() {
    tests::run(async {
        let up = Canned::start([]).await;
        let (gateway, api) = start(&servers([("up", up.url())])).await;
        let beside = gateway.start_beside(&[("admin_key", ADMIN), ("servers", &servers([("up", up.url())]))]).await;
        let key = api.add_key(json!({"expiresAt": FUTURE})).await;
        let path = format!("/keys/{}", key.id);
        let good = [200, 200, 200, 403, 403];
        for gateway in [&gateway, &beside] {
            assert_eq!(statuses(gateway, Some(&key.text)).await, good);
        }
        api.ask("PATCH", &path, json!({"expiresAt": PAST})).await;
        for gateway in [&gateway, &beside] {
            assert_eq!(statuses(gateway, Some(&key.text)).await, [401; 5]);
        }
        api.ask("PATCH", &path, json!({"expiresAt": null})).await;
        assert_eq!(statuses(&beside, Some(&key.text)).await, good);
        api.ask("DELETE", &path, Value::Null).await;
        for gateway in [&gateway, &beside] {
            assert_eq!(statuses(gateway, Some(&key.text)).await, [401; 5]);
        }
        let refused = api.send("POST", "/keys", &[], json!({"name": "late", "expiresAt": PAST})).await;
        assert_eq!((refused.status, refused.problem()), (StatusCode::CONFLICT, "already-expired"));
    });
}

/// So that what follows is within one minute of the clock.
async fn early_in_a_minute() {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs() % 60;
    if now_s >= 56 {
        tokio::time::sleep(Duration::from_secs(60 - now_s)).await;
    }
}

#[test]
fn a_rate_limit_holds_over_all_instances() {
    tests::run(async {
        let clock = Canned::start([CannedTool::wait()]).await;
        let declared = servers([("clock", clock.url())]);
        let variables = [("servers", declared.as_str()), ("admin_key", ADMIN)];
        let gateway = Gateway::start_on_many_instances(&variables).await;
        let beside = gateway.start_beside(&variables).await;
        let key = gateway.api().with_key(ADMIN).add_key(json!({"rateLimitPerMinute": 7})).await;
        let other = gateway.api().with_key(ADMIN).add_key(json!({"rateLimitPerMinute": 1})).await;
        early_in_a_minute().await;

        let call = json!({"name": "clock__wait", "arguments": {"ms": 200}});
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}).to_string();
        let clients = [gateway.client().with_key(&key.text), beside.client().with_key(&key.text)];
        let send = |at: usize| {
            let (client, call) = (clients[at % 2], call.clone());
            async move { client.send("POST", "/mcp?mode=direct", &HEADERS, call).await }
        };
        let answers = join_all((0..20).map(send)).await;
        let passed = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
        let refused = answers.iter().filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS);
        let refused: Vec<_> = refused.collect();
        assert_eq!((passed, refused.len()), (7, 13));
        assert_eq!(clock.take_calls().len(), 7);
        assert!(clock.most_under_way() > 3, "on several instances");
        for answer in refused {
            let after: u64 = answer.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
            assert!((1..=60).contains(&after), "{after}");
        }
        let problem = gateway.api().with_key(&key.text).send("GET", "/servers", &[], Value::Null).await;
        assert_eq!(problem.problem(), "too-many-requests");
        assert!(problem.headers.contains_key("retry-after"));
        // Another key has its own count, and the operator none.
        assert_eq!(statuses(&gateway, Some(&other.text)).await, [200, 429, 429, 429, 429]);
        assert_eq!(statuses(&gateway, Some(ADMIN)).await[..2], [200, 200]);
    });
}

fn open_tools() -> Vec<CannedTool> {
    // With a schema of its results: what is learned from them comes when it comes.
    let open = |name: &str| CannedTool::new(name, Reply::Arguments).with("outputSchema", json!({"type": "object"}));
    vec![open("greet"), open("zap")]
}

/// All that could tell of a server `zanzibar` with a tool `zanzimove`.
fn probes() -> Vec<Probe> {
    let mut probes = vec![
        Probe::new("/mcp", "tools/list", json!({})),
        Probe::new(
            "/mcp",
            "initialize",
            json!({"protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "tests", "version": "1"}}),
        ),
        Probe::new("/mcp?mode=direct", "tools/list", json!({})),
        Probe::new("/mcp?mode=direct", "tools/list", json!({"cursor": "zanzibar__zanzimove"})),
        Probe::call("list_servers", json!({})),
        Probe::new("/mcp/zanzibar", "tools/list", json!({})),
        Probe::new("/mcp/zanzibar", "server/discover", json!({})),
        Probe::tool("/mcp/zanzibar", "zanzimove", json!({})),
        Probe::tool("/mcp?mode=direct", "zanzibar__zanzimove", json!({})),
        Probe::tool("/mcp?mode=direct", "zanzibar__nothing", json!({})),
    ];
    for query in ["", "*", "zanzimove", "zanzibar", "zan", "move the island", "greet"] {
        for detail in ["name", "signature", "full"] {
            probes.push(Probe::call("search_tools", json!({"query": query, "detail": detail})));
        }
    }
    for arguments in [
        json!({"server": "zanzibar"}),
        json!({"server": "zanzibar", "query": "zanzimove"}),
        json!({"server": "zanzibat"}),
        json!({"query": "*", "limit": 1}),
    ] {
        probes.push(Probe::call("search_tools", arguments));
    }
    let scripts = [
        "return Object.keys(tools)",
        "return [String(tools), JSON.stringify(tools), typeof tools.zanzibar, 'zanzibar' in tools]",
        "return Object.getOwnPropertyNames(tools).concat(Reflect.ownKeys(tools).map(String))",
        "return Object.entries(tools).map(([name, server]) => [name, Object.keys(server)])",
        "for (const name in tools) console.log(name); console.log(tools, tools.zanzibar)",
        "return await tools.zanzibar.zanzimove({})",
        "return await tools.zanzibar.zanzimov({})",
        "return await tools['zanz' + 'ibar']['zanzi' + 'move']({})",
        "return await tools.zanzibr.move({})",
        "return await tools.Zanzibar.zanzimove({})",
        "return await tools.open.zanzimove({})",
        "return Object.keys(tools['zanz' + 'ibar'] ?? {})",
        "try { return await tools.zanzibar.zanzimove({}) } catch (error) { return { ...error, message: error.message } }",
        "return await Promise.allSettled([tools.zanzibar.zanzimove({ a: 1 }), tools.open.zap({})])",
    ];
    probes.extend(scripts.into_iter().map(Probe::script));
    probes
}

const TELLING: [&str; 4] = ["zanz", "Zanz", "island", "Isle"];

#[test]
fn of_a_server_that_a_key_does_not_name_there_is_no_trace() {
    tests::run(async {
        let open = Canned::start(open_tools()).await;
        let hidden = Canned::start([
            CannedTool::text("zanzimove", "moved").with("description", json!("Moves the island.")),
            CannedTool::text("greet", "from the Isle"),
        ])
        .await;
        let entries = json!({"mcpServers": {
            "open": {"url": open.url()},
            "zanzibar": {"url": hidden.url(), "title": "Isle", "description": "An island."},
        }});
        let (with, api) = start(&entries.to_string()).await;
        let (without, other_api) = start(&servers([("open", open.url())])).await;
        let settings = json!({"servers": ["open", "elsewhere"]});
        let (key, other) = (api.add_key(settings.clone()).await, other_api.add_key(settings).await);
        // Whoever may see it warms the caches that both share.
        let operator = with.client().with_key(ADMIN);
        assert_eq!(*operator.execute("return await tools.zanzibar.zanzimove({})").await.value(), json!("moved"));
        let _ = operator.listed_at("/mcp?mode=direct").await;
        hidden.take_received();

        let (one, two) = (with.client().with_key(&key.text), without.client().with_key(&other.text));
        assert_alike(one, two, &probes(), &TELLING).await;
        assert!(hidden.take_received().is_empty(), "nothing reached the server");

        // The same for one that is registered, and comes while the key is in use.
        api.add_server("zanzigar", &hidden.url(), json!({"title": "Isle"})).await;
        hidden.take_received();
        assert_alike(one, two, &probes(), &TELLING).await;
        assert!(hidden.take_received().is_empty(), "nothing reached the server");
        // It is there for who may.
        assert_eq!(*operator.execute("return await tools.zanzigar.greet({})").await.value(), json!("from the Isle"));

        api.ask("PATCH", &format!("/keys/{}", key.id), json!({"servers": ["zanzibar"]})).await;
        assert_eq!(*one.execute("return Object.keys(tools)").await.value(), json!(["zanzibar"]));
    });
}

#[test]
fn a_server_that_is_hidden_answers_as_one_that_is_not_there() {
    tests::run(async {
        let hidden = Canned::start([]).await;
        let (gateway, api) = start(&servers([("hidden", hidden.url())])).await;
        let key = api.add_key(json!({"servers": []})).await;
        let client = gateway.client().with_key(&key.text);
        let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}).to_string();
        for (method, body) in [("POST", initialize.as_str()), ("GET", ""), ("DELETE", ""), ("PUT", ""), ("POST", "[]")]
        {
            let there = client.send(method, "/mcp/hidden", &HEADERS, body).await;
            let nobody = client.send(method, "/mcp/nobody", &HEADERS, body).await;
            let text = |body: &[u8]| String::from_utf8_lossy(body).replace("hidden", "nobody");
            assert_eq!((there.status, text(&there.body)), (nobody.status, text(&nobody.body)), "{method}");
            let names = |headers: &http::HeaderMap| headers.keys().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(names(&there.headers), names(&nobody.headers), "{method}");
        }
        assert!(hidden.take_received().is_empty());
    });
}

async fn session(client: Client) -> Peer {
    Peer::of(Era::Legacy, client, "/mcp/everything").await
}

#[test]
fn a_session_is_good_for_its_key_only() {
    tests::run(async {
        let everything = upstream::everything();
        let (gateway, api) = start(&servers([("everything", everything.url())])).await;
        let (one, two) = (api.add_key(json!({})).await, api.add_key(json!({})).await);
        let client = |key: &Key| gateway.client().with_key(&key.text);
        let mine = session(client(&one)).await;
        assert!(mine.result("tools/list", json!({})).await["tools"].is_array());
        let sealed = mine.session().expect("a session").to_owned();
        let use_it = async |client: Client| {
            let headers =
                [HEADERS[0], HEADERS[1], ("mcp-session-id", sealed.as_str()), ("mcp-protocol-version", "2025-11-25")];
            let ping = json!({"jsonrpc": "2.0", "id": 3, "method": "ping", "params": {}}).to_string();
            client.send("POST", "/mcp/everything", &headers, ping).await
        };
        assert_eq!(use_it(client(&one)).await.status, StatusCode::OK);
        for other in [client(&two), gateway.client().with_key(ADMIN)] {
            let refused = use_it(other).await;
            assert_eq!((refused.status, &message(&refused)["id"]), (StatusCode::NOT_FOUND, &json!(3)));
        }
        assert_eq!(use_it(gateway.client()).await.status, StatusCode::UNAUTHORIZED);
        api.ask("DELETE", &format!("/keys/{}", one.id), Value::Null).await;
        assert_eq!(use_it(client(&one)).await.status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn a_key_is_shown_once_and_kept_as_a_hash() {
    tests::run(async {
        let up = Canned::start([CannedTool::text("who", "up")]).await;
        let (gateway, api) = start(&servers([("up", up.url())])).await;
        let key = api.add_key(json!({"name": "shown once"})).await;
        gateway.client().with_key(&key.text).execute("return await tools.up.who({})").await;
        let secret = key.text.rsplit('_').next().filter(|secret| secret.len() == 43);
        // A secret may have "_" in it.
        let secret = secret.unwrap_or(&key.text[key.text.len() - 43..]).to_owned();
        let path = format!("/keys/{}", key.id);
        let changed = api.ask("PATCH", &path, json!({"name": "renamed"})).await;
        for view in [changed, api.get(&path).await, api.get("/keys").await, api.get("/usage").await] {
            assert!(!view.to_string().contains(&secret), "{view}");
        }
        let files = state::files(gateway.state());
        let holds = |text: &[u8]| files.iter().any(|(_, bytes)| bytes.windows(text.len()).any(|part| part == text));
        assert!(holds(key.id.as_bytes()), "its record is there");
        for text in [key.text.as_bytes(), secret.as_bytes(), &secret.as_bytes()[..22], ADMIN.as_bytes()] {
            assert!(!holds(text), "{}", String::from_utf8_lossy(text));
        }
    });
}

#[test]
fn a_stream_ends_when_its_key_is_revoked_on_another_host() {
    tests::run(async {
        let everything = upstream::everything();
        let variables = [("admin_key", ADMIN), ("servers", r#"{"mcpServers": {}}"#)];
        let gateway = Gateway::start_with(&variables).await;
        let api = gateway.api().with_key(ADMIN);
        api.add_server("everything", &everything.url(), json!({})).await;
        let beside = gateway.start_beside(&variables).await;
        for is_key_revoked in [true, false] {
            let key = api.add_key(json!({})).await;
            let authorization = format!("Bearer {}", key.text);
            let own = ("authorization", authorization.as_str());
            let params = json!({"protocolVersion": "2025-11-25", "capabilities": {},
                "clientInfo": {"name": "tests", "version": "1"}});
            let begin = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).to_string();
            let headers = [&HEADERS[..], &[own]].concat();
            let begun = gateway.client().send("POST", "/mcp/everything", &headers, begin).await;
            let session = begun.headers["mcp-session-id"].to_str().expect("text").to_owned();
            let headers = [("accept", "text/event-stream"), own, ("mcp-session-id", session.as_str())];
            let stream = Events::open(gateway.address(), "GET", "/mcp/everything", &headers, "").await;
            let stream = stream.expect("an answer");
            assert!(stream.is_stream(), "{}", stream.status);
            let elsewhere = beside.api().with_key(ADMIN);
            if is_key_revoked {
                elsewhere.ask("DELETE", &format!("/keys/{}", key.id), Value::Null).await;
            } else {
                elsewhere.ask("PATCH", "/servers/everything", json!({"enabled": false})).await;
            }
            let rest = tokio::time::timeout(Duration::from_secs(20), stream.rest()).await;
            rest.expect("it ends");
        }
    });
}
