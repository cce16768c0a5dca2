//! Ids of requests, events and tasks, and progress tokens: good for whose they are, at a server without sessions that
//! takes them from anybody.

mod support;

use bytes::Bytes;
use futures::StreamExt;
use http::{Method, Request, StatusCode};
use mcp_client::Clock;
use scripted_upstream::{Answer, Received, Step, Upstream, servers};
use serde_json::{Value, json};
use server_registry::Purpose;
use support::{MemoryHost, administer, limited::modern_handshake};

const ADMIN: &str = "the-key-of-the-operator";
const META: &str = "io.modelcontextprotocol/";

struct Gateway {
    host: MemoryHost,
    upstream: Upstream,
    keys: [String; 2],
}

/// An answer, whole.
#[derive(Debug)]
struct Answered {
    status: StatusCode,
    session: Option<String>,
    text: String,
}

impl Answered {
    /// The messages in it.
    fn messages(&self) -> Vec<Value> {
        let data: Vec<&str> = self.text.lines().filter_map(|line| line.strip_prefix("data:")).collect();
        let texts = if data.is_empty() { vec![self.text.as_str()] } else { data };
        texts.iter().map(|text| serde_json::from_str(text).unwrap_or_else(|_| panic!("{self:?}"))).collect()
    }

    /// The ids of the events in it.
    fn events(&self) -> Vec<&str> {
        self.text.lines().filter_map(|line| line.strip_prefix("id: ")).collect()
    }
}

impl Gateway {
    /// A gateway with two keys, and a server that answers so.
    fn new(server: impl FnMut(&Received) -> Answer + 'static) -> Self {
        let host = MemoryHost::default();
        let upstream = host.serve("x", server);
        host.configure(&["x"]);
        let operator = host.open(&host.registry()).expect("a configuration");
        let keys = ["one", "other"].map(|name| {
            let (_, made) = administer(&host, &operator, Method::POST, "/api/v1/keys", &json!({"name": name}));
            made["key"].as_str().expect("a key").to_string()
        });
        host.set_text("admin_key", ADMIN);
        Self { host, upstream, keys }
    }

    fn send(&self, caller: usize, method: Method, headers: &[(&str, &str)], body: &str) -> Answered {
        self.send_as(self.keys.get(caller).map(String::as_str), method, headers, body)
    }

    fn send_as(&self, key: Option<&str>, method: Method, headers: &[(&str, &str)], body: &str) -> Answered {
        let access = self.host.sign_in(&self.host.registry(), key, Purpose::Direct).expect("a caller");
        let mut request = Request::builder().method(method).header("accept", "application/json, text/event-stream");
        request = request.header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).expect("a request");
        let (parts, body) = self.host.run(access.forward("x", request)).expect("an answer").into_parts();
        let chunks: Vec<_> = self.host.run(body.collect());
        let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("a whole body")).collect();
        let session = parts.headers.get("mcp-session-id").map(|id| id.to_str().expect("text").to_string());
        Answered { status: parts.status, session, text: String::from_utf8(bytes).expect("UTF-8") }
    }

    fn post(&self, caller: usize, body: &Value) -> Answered {
        self.send(caller, Method::POST, &[], &body.to_string())
    }

    fn resume(&self, caller: usize, event: &str) -> Answered {
        self.send(caller, Method::GET, &[("last-event-id", event)], "")
    }

    /// What the server got last.
    fn last(&self) -> Value {
        self.upstream.received().last().expect("a request").body.clone()
    }

    fn requests(&self) -> usize {
        self.upstream.received().len()
    }
}

fn call(id: Value, token: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": {"name": "slow", "arguments": {"id": 1}, "_meta": {"progressToken": token, "own": 1}}})
}

/// Tells progress, asks its client, and answers, as a server without sessions that counts its events.
fn telling(received: &Received) -> Answer {
    if let Some(answer) = servers::legacy(received).filter(|_| received.method() != "initialize") {
        return answer;
    }
    match (received.http_method.clone(), received.method()) {
        (Method::GET, _) => Answer::sse(vec![Step::text(&format!(
            "id: 9\ndata: {}\n\n",
            json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": received.header("last-event-id")}})
        ))]),
        (_, "initialize") => {
            let result = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}});
            Answer::json(200, &received.result(result))
        }
        (_, "tools/call") => {
            let token = &received.body["params"]["_meta"]["progressToken"];
            let messages = [
                json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": token, "progress": 1}}),
                json!({"jsonrpc": "2.0", "id": 5, "method": "elicitation/create", "params": {"message": "m", "_meta": {"progressToken": 6}}}),
                json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 5}}),
                received.result(json!({"content": [], "x": {"id": 1}})),
            ];
            let events =
                messages.iter().enumerate().map(|(at, message)| Step::text(&format!("id: {at}\ndata: {message}\n\n")));
            Answer::sse(events.collect())
        }
        (_, "" | "notifications/cancelled" | "notifications/progress") => Answer::status(202),
        _ => Answer::json(200, &received.result(json!({}))),
    }
}

#[test]
fn a_caller_sees_its_own_ids_and_the_server_other_ones() {
    for (id, token) in [(json!(1), json!(0)), (json!("a \"1\""), json!("t/ü")), (json!(-7), json!("0"))] {
        let gateway = Gateway::new(telling);
        let answered = gateway.post(0, &call(id.clone(), token.clone()));
        let sent = gateway.last();
        let (sent_id, sent_token) = (&sent["id"], &sent["params"]["_meta"]["progressToken"]);
        assert!(sent_id.is_string() && sent_token.is_string() && sent_id != &id && sent_token != &token, "{sent}");
        assert_ne!(sent_id, sent_token);
        let mut expected = call(sent_id.clone(), sent_token.clone());
        expected["id"] = sent_id.clone();
        assert_eq!(sent, expected, "nothing else changes");

        let messages = answered.messages();
        assert_eq!(messages[0]["params"], json!({"progressToken": token, "progress": 1}));
        assert_eq!(messages[1]["method"], "elicitation/create");
        assert_eq!(messages[2]["params"]["requestId"], messages[1]["id"], "the server's id is the same each time");
        assert_eq!(messages[3], json!({"jsonrpc": "2.0", "id": id, "result": {"content": [], "x": {"id": 1}}}));
        assert_eq!(answered.events().len(), 4);
        assert!(answered.events().iter().all(|event| event.len() > 20), "{answered:?}");

        // The same request has the same name when it is cancelled, and another caller's has another one.
        let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
        assert_eq!(gateway.post(0, &cancel).status, StatusCode::ACCEPTED);
        assert_eq!(&gateway.last()["params"]["requestId"], sent_id);
        gateway.post(1, &cancel);
        let others = gateway.last()["params"]["requestId"].clone();
        assert!(others.is_string() && &others != sent_id);
        // Not even who knows it can name it.
        gateway
            .post(1, &json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": sent_id}}));
        assert_ne!(&gateway.last()["params"]["requestId"], sent_id);
        gateway.post(1, &call(sent_id.clone(), sent_token.clone()));
        assert!(&gateway.last()["id"] != sent_id && &gateway.last()["params"]["_meta"]["progressToken"] != sent_token);
    }
}

#[test]
fn what_a_server_asks_is_answered_by_whom_it_asked() {
    let gateway = Gateway::new(telling);
    let answered = gateway.post(0, &call(json!(1), json!(1)));
    let asked = answered.messages()[1].clone();
    let (id, token) = (&asked["id"], &asked["params"]["_meta"]["progressToken"]);
    assert!(id.is_string() && token.is_string(), "{asked}");
    let before = gateway.requests();
    let answer = |id: &Value| json!({"jsonrpc": "2.0", "id": id, "result": {"action": "accept"}});
    for (caller, id) in [(1, id), (1, &json!(5)), (0, &json!(5)), (0, &json!("5")), (1, &json!("")), (0, token)] {
        let refused = gateway.post(caller, &answer(id));
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{caller} {id}: {refused:?}");
        assert!(refused.text.contains("answers no request"), "{refused:?}");
        let error = json!({"jsonrpc": "2.0", "id": id, "error": {"code": -1, "message": "no"}});
        assert_eq!(gateway.post(caller, &error).status, StatusCode::BAD_REQUEST, "{caller} {id}");
        let batch = json!([{"jsonrpc": "2.0", "id": 9, "method": "ping"}, answer(id)]);
        assert_eq!(gateway.post(caller, &batch).status, StatusCode::BAD_REQUEST, "{caller} {id}");
    }
    assert_eq!(gateway.requests(), before, "nothing was sent");
    assert_eq!(gateway.post(0, &answer(id)).status, StatusCode::ACCEPTED);
    assert_eq!(gateway.last(), answer(&json!(5)));
    let progress = |token: &Value| json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": token, "progress": 1}});
    gateway.post(0, &progress(token));
    assert_eq!(gateway.last()["params"]["progressToken"], 6);
    for (caller, token) in [(1, token), (1, &json!(6)), (0, &json!(6)), (0, id)] {
        gateway.post(caller, &progress(token));
        assert_ne!(gateway.last()["params"]["progressToken"], 6, "{caller} {token}");
    }
    // A caller's id is never what the server's own was.
    gateway.post(0, &call(id.clone(), token.clone()));
    assert!(gateway.last()["id"] != 5 && gateway.last()["params"]["_meta"]["progressToken"] != 6);
    gateway.post(0, &json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    assert_ne!(gateway.last()["params"]["requestId"], 5);
}

#[test]
fn a_stream_is_taken_up_by_whose_it_is() {
    let gateway = Gateway::new(telling);
    let answered = gateway.post(0, &call(json!(1), json!(1)));
    let event = answered.events()[2].to_string();
    let resumed = gateway.resume(0, &event);
    assert_eq!(resumed.messages()[0]["params"]["data"], "2", "the server's own id");
    let again = resumed.events()[0].to_string();
    assert_eq!(gateway.resume(0, &again).messages()[0]["params"]["data"], "9");
    let before = gateway.requests();
    for (caller, event) in [(1, event.as_str()), (1, "0"), (0, "0"), (0, "2"), (0, ""), (0, &event[1..]), (1, &again)] {
        let refused = gateway.resume(caller, event);
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{caller} {event}: {refused:?}");
        assert!(refused.text.contains("Last-Event-ID"), "{refused:?}");
    }
    assert_eq!(gateway.requests(), before);
}

#[test]
fn in_a_session_messages_pass_as_they_are_and_events_belong_to_the_session() {
    let mut sessions = 0;
    let gateway = Gateway::new(move |received| {
        let mut answer = telling(received);
        if received.method() == "initialize" {
            sessions += 1;
            answer = answer.header("mcp-session-id", &format!("s{sessions}"));
        }
        answer
    });
    let initialize = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}});
    let begin = |caller| {
        let answered = gateway.post(caller, &initialize);
        assert_eq!(answered.messages()[0]["id"], 0);
        answered.session.expect("a session")
    };
    let (one, second, other) = (begin(0), begin(0), begin(1));
    let send = |caller, session: &str, body: &Value| {
        gateway.send(caller, Method::POST, &[("mcp-session-id", session)], &body.to_string())
    };
    let request = call(json!(1), json!("t"));
    let answered = send(0, &one, &request);
    assert_eq!(gateway.last(), request);
    assert_eq!(answered.messages()[1]["id"], 5);
    let response = json!({"jsonrpc": "2.0", "id": 5, "result": {}});
    send(0, &one, &response);
    assert_eq!(gateway.last(), response);

    let event = answered.events()[0].to_string();
    let resume = |caller, session: &str, event: &str| {
        gateway.send(caller, Method::GET, &[("mcp-session-id", session), ("last-event-id", event)], "")
    };
    assert_eq!(resume(0, &one, &event).messages()[0]["params"]["data"], "0");
    for (caller, session, event) in
        [(0, &second, event.as_str()), (1, &other, &event), (1, &other, "0"), (0, &one, "0")]
    {
        assert_eq!(resume(caller, session, event).status, StatusCode::BAD_REQUEST, "{caller} {event}");
    }
    assert_eq!(gateway.resume(0, &event).status, StatusCode::BAD_REQUEST, "nor without the session");
}

#[test]
fn a_modern_server_takes_no_id_from_another() {
    let gateway = Gateway::new(|received| {
        modern_handshake(received).unwrap_or_else(|| {
            let of = json!({format!("{META}subscriptionId"): received.body["id"]});
            let told = json!({"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": {"_meta": of}});
            let progress = json!({"jsonrpc": "2.0", "method": "notifications/progress",
                "params": {"progressToken": received.body["params"]["_meta"]["progressToken"], "progress": 1}});
            Answer::events(&[told, progress, received.result(json!({"resultType": "complete", "_meta": of}))])
        })
    });
    let request = json!({"jsonrpc": "2.0", "id": 4, "method": "subscriptions/listen", "params": {"_meta":
        {format!("{META}protocolVersion"): "2026-07-28", format!("{META}clientCapabilities"): {}, "progressToken": 4}}});
    let headers = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "subscriptions/listen")];
    let mut sent = Vec::new();
    for caller in [0, 1] {
        let answered = gateway.send(caller, Method::POST, &headers, &request.to_string());
        let messages = answered.messages();
        assert_eq!(messages[0]["params"]["_meta"][format!("{META}subscriptionId")], 4, "{answered:?}");
        assert_eq!(messages[1]["params"]["progressToken"], 4);
        assert_eq!(
            (&messages[2]["id"], &messages[2]["result"]["_meta"][format!("{META}subscriptionId")]),
            (&json!(4), &json!(4))
        );
        sent.push(gateway.last()["id"].clone());
    }
    assert!(sent.iter().all(Value::is_string) && sent[0] != sent[1], "{sent:?}");
}

#[test]
fn a_task_is_its_callers_and_is_named_alike_in_the_header() {
    let gateway = Gateway::new(|received| {
        modern_handshake(received).unwrap_or_else(|| match received.method() {
            "tools/call" => {
                Answer::json(200, &received.result(json!({"resultType": "task", "taskId": "t-1", "status": "working"})))
            }
            _ => Answer::json(
                200,
                &received.result(json!({"resultType": "complete", "taskId": received.body["params"]["taskId"]})),
            ),
        })
    });
    let send = |caller, method: &str, name: &str, params: Value| {
        let mut params = params;
        params["_meta"] =
            json!({format!("{META}protocolVersion"): "2026-07-28", format!("{META}clientCapabilities"): {}});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let headers = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", method), ("mcp-name", name)];
        gateway.send(caller, Method::POST, &headers, &body)
    };
    let begun = send(0, "tools/call", "slow", json!({"name": "slow"})).messages().remove(0);
    let task = begun["result"]["taskId"].as_str().expect("a task").to_string();
    assert_ne!(task, "t-1");
    let got = send(0, "tasks/get", &task, json!({"taskId": task})).messages().remove(0);
    let received = gateway.upstream.received();
    let last = received.last().expect("a request");
    assert_eq!((&last.body["params"]["taskId"], last.header("mcp-name")), (&json!("t-1"), "t-1"));
    assert_eq!(got["result"]["taskId"], task.as_str());
    for (caller, named) in [(1, task.as_str()), (1, "t-1"), (0, "t-1")] {
        send(caller, "tasks/cancel", named, json!({"taskId": named}));
        assert_ne!(gateway.last()["params"]["taskId"], "t-1", "{caller} {named}");
    }
    let before = gateway.requests();
    let listed = gateway.post(1, &json!({"jsonrpc": "2.0", "id": 1, "method": "tasks/list"}));
    assert_eq!(listed.messages()[0]["error"]["code"], -32_601);
    assert_eq!(gateway.requests(), before);
}

#[test]
fn what_is_not_well_formed_names_nobody() {
    let gateway = Gateway::new(telling);
    gateway.post(0, &call(json!(1), json!(1)));
    let before = gateway.requests();
    for body in [
        r#"{"jsonrpc":"2.0","method":["notifications/cancelled"],"params":{"requestId":1}}"#,
        r#"{"jsonrpc":"2.0","method":"Notifications/cancelled","params":{"requestId":1}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestid":1}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"request_id":1}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2,"requestId":1}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":[1]}}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"notifications/cancelled","params":{"requestId":1}}"#,
        r#"[[{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}]]"#,
        r#"{"jsonrpc":"2.0","id":[5],"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":5,"result":{},"method":"ping"}"#,
        r#"{"id":5,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"ID":5,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1.0,"method":"ping"}"#,
    ] {
        let refused = gateway.send(1, Method::POST, &[], body);
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}: {refused:?}");
        assert!(refused.messages()[0]["error"]["code"].as_i64().is_some_and(|code| code <= -32_600), "{refused:?}");
    }
    assert_eq!(gateway.requests(), before);
}

#[test]
fn events_stream_past_the_time_of_a_call_in_whatever_case_their_type_is_written() {
    for content_type in ["text/event-stream", "Text/Event-Stream", "TEXT/EVENT-STREAM; charset=utf-8"] {
        let gateway = Gateway::new(move |received| match received.method() {
            "tools/call" => {
                let mut answer = Answer::status(200).header("content-type", content_type);
                answer = answer.then((0..12).flat_map(|_| [Step::Wait(10_000), Step::text(": tick\n\n")]));
                answer.then([Step::text(&format!("data: {}\n\n", received.result(json!({}))))])
            }
            _ => telling(received),
        });
        let answered = gateway.post(0, &call(json!(1), json!(1)));
        assert_eq!(answered.messages(), [json!({"jsonrpc": "2.0", "id": 1, "result": {}})], "{content_type}");
        assert!(gateway.host.clock.monotonic_ms() >= 120_000);
    }
}

#[test]
fn who_is_at_home_is_alone_and_the_operator_is_one_of_several() {
    let gateway = Gateway::new(telling);
    let request = call(json!(1), json!(1));
    let answered = gateway.send_as(Some(ADMIN), Method::POST, &[], &request.to_string());
    assert!(gateway.last()["id"].is_string());
    assert_eq!(answered.messages()[3]["id"], 1);
    let resumed = gateway.send_as(Some(ADMIN), Method::GET, &[("last-event-id", "0")], "");
    assert_eq!(resumed.status, StatusCode::BAD_REQUEST);

    gateway.host.set_text("admin_key", "");
    let answered = gateway.send_as(None, Method::POST, &[], &request.to_string());
    assert_eq!(gateway.last(), request, "as it is");
    assert_eq!((answered.events(), &answered.messages()[1]["id"]), (vec!["0", "1", "2", "3"], &json!(5)));
    let resumed = gateway.send_as(None, Method::GET, &[("last-event-id", "0")], "");
    assert_eq!(resumed.messages()[0]["params"]["data"], "0");
}
