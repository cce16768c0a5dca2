//! W3C Trace Context and Baggage: what comes in `_meta` of a request goes out in `_meta` of every call that is made for
//! it, whatever the eras of client and server.

use serde_json::{Value, json};
use tests::client::message;
use tests::era::Era;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::upstream::{Canned, CannedTool, Received, Reply, servers};

/// A server of each era, and its alias.
const SERVERS: [(Era, &str); 2] = [(Era::Legacy, "legacy"), (Era::Modern, "modern")];

const MEMBERS: [&str; 3] = ["traceparent", "tracestate", "baggage"];

fn trace() -> Value {
    json!({
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7",
        "baggage": "userId=am%C3%A9lie,serverNode=DF28;isProduction=false",
    })
}

/// Parameters with a trace, and with what belongs to this request alone.
fn traced(mut params: Value) -> Value {
    params["_meta"] = trace();
    params["_meta"]["example.com/secret"] = json!("for the gateway only");
    params
}

/// Of the messages that came, those of a method; the others are passed over.
fn of_method(received: Vec<Received>, method: &str) -> Vec<Received> {
    received.into_iter().filter(|one| one.message["method"] == method).collect()
}

/// The members of a trace in `_meta`; absent ones are null.
fn trace_of(message: &Value) -> Value {
    let meta = &message["params"]["_meta"];
    MEMBERS
        .into_iter()
        .map(|member| (member.to_owned(), meta[member].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The tools of each server in the test.
fn tools() -> [CannedTool; 1] {
    [CannedTool::new("echo", Reply::Arguments)]
}

struct Scene {
    upstreams: [Canned; 2],
    gateway: Gateway,
}

impl Scene {
    async fn new() -> Self {
        let upstreams = [Canned::start_of(SERVERS[0].0, tools()).await, Canned::start_of(SERVERS[1].0, tools()).await];
        let entries = SERVERS.iter().zip(&upstreams).map(|((_, alias), upstream)| (*alias, upstream.url()));
        let gateway = Gateway::start(&servers(entries)).await;
        Self { upstreams, gateway }
    }

    /// Each server got so many calls, all of this trace, and nothing else of the request's `_meta`.
    fn assert_called(&self, calls: usize, expected: &Value) {
        for ((_, alias), upstream) in SERVERS.iter().zip(&self.upstreams) {
            let called = of_method(upstream.take_received(), "tools/call");
            assert_eq!(called.len(), calls, "{alias}");
            for Received { message, .. } in called {
                assert_eq!(trace_of(&message), *expected, "{alias}: {message:#}");
                assert!(!message.to_string().contains("for the gateway only"), "{alias}: {message:#}");
            }
        }
    }
}

#[test]
fn from_a_script_to_every_call() {
    tests::run(async {
        let scene = Scene::new().await;
        let code = "const calls = [1, 2, 3].flatMap((n) => [tools.legacy.echo({ n }), tools.modern.echo({ n })]);
                    return (await Promise.all(calls)).length";
        for era in Era::ALL {
            let peer = Peer::of(era, scene.gateway.client(), "/mcp").await;
            let call = json!({"name": "execute_code", "arguments": {"code": code}});
            let result = peer.result("tools/call", traced(call.clone())).await;
            assert_eq!(result["structuredContent"]["result"], 6, "{result:#}");
            scene.assert_called(3, &trace());

            // A trace is of its request, and not of the next one.
            peer.result("tools/call", call).await;
            scene.assert_called(3, &json!({"traceparent": null, "tracestate": null, "baggage": null}));
        }
    });
}

#[test]
fn from_a_tool_in_direct_mode() {
    tests::run(async {
        let scene = Scene::new().await;
        for era in Era::ALL {
            let peer = Peer::of(era, scene.gateway.client(), "/mcp?mode=direct").await;
            for (_, alias) in SERVERS {
                let call = json!({"name": format!("{alias}__echo"), "arguments": {"n": 1}});
                let result = peer.result("tools/call", traced(call)).await;
                assert_eq!(result["structuredContent"], json!({"n": 1}), "{result:#}");
            }
            scene.assert_called(1, &trace());
        }
    });
}

#[test]
fn through_the_pass_through_to_a_server_of_the_same_era_as_they_came() {
    tests::run(async {
        let scene = Scene::new().await;
        for ((era, alias), upstream) in SERVERS.into_iter().zip(&scene.upstreams) {
            let path = format!("/mcp/{alias}");
            let peer = Peer::of(era, scene.gateway.client(), &path).await;
            let request = peer.message("tools/call", traced(json!({"name": "echo", "arguments": {}})));
            let in_headers = trace();
            let mut headers = peer.headers(&request);
            headers.extend(MEMBERS.into_iter().map(|member| (member, in_headers[member].as_str().expect("text"))));
            headers.extend([("x-secret", "for the gateway only"), ("cookie", "a=b")]);
            upstream.take_received();
            let answer = scene.gateway.client().send("POST", &path, &headers, request.to_string()).await;
            assert_eq!(message(&answer)["result"]["structuredContent"], json!({}), "{alias}");

            let called = of_method(upstream.take_received(), "tools/call");
            let [Received { headers, message }] = called.as_slice() else { panic!("one call of {alias}") };
            assert_eq!(*message, request, "the message is as it came");
            for member in MEMBERS {
                assert_eq!(headers[member].to_str().ok(), trace()[member].as_str(), "{alias}");
            }
            assert!(!headers.contains_key("x-secret") && !headers.contains_key("cookie"), "{headers:?}");
        }
    });
}

#[test]
fn through_the_pass_through_to_a_server_of_the_other_era() {
    tests::run(async {
        let scene = Scene::new().await;
        for (era, alias) in [(Era::Modern, "legacy"), (Era::Legacy, "modern")] {
            let peer = Peer::of(era, scene.gateway.client(), &format!("/mcp/{alias}")).await;
            let calls = traced(json!({"name": "echo", "arguments": {"n": 1}}));
            assert_eq!(peer.result("tools/call", calls).await["structuredContent"], json!({"n": 1}));
            peer.result("tools/list", traced(json!({}))).await;
            let upstream = &scene.upstreams[usize::from(alias == "modern")];
            let received = upstream.take_received();
            for method in ["tools/call", "tools/list"] {
                let told =
                    received.iter().filter(|one| one.message["method"] == method).map(|one| trace_of(&one.message));
                assert!(told.eq([trace()]), "{alias}: {method}");
            }
        }
    });
}

#[test]
fn what_is_no_trace_is_left_out() {
    tests::run(async {
        let scene = Scene::new().await;
        let peer = Peer::of(Era::Modern, scene.gateway.client(), "/mcp").await;
        let code = "return [await tools.legacy.echo({}), await tools.modern.echo({})].length";
        let mut call = json!({"name": "execute_code", "arguments": {"code": code}});
        call["_meta"] = json!({"traceparent": {"not": "text"}, "tracestate": "x".repeat(10_000), "baggage": "a=b"});
        assert_eq!(peer.result("tools/call", call).await["structuredContent"]["result"], 2);
        scene.assert_called(1, &json!({"traceparent": null, "tracestate": null, "baggage": "a=b"}));
    });
}
