//! A tool that a policy blocks is not there: a gateway that blocks it answers like one whose server does not have it.

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{Client, HEADERS, message};
use tests::era::Era;
use tests::gateway::Gateway;
use tests::peer::Peer;
use tests::twin::{Probe, assert_alike};
use tests::upstream::{Canned, CannedTool, Reply, servers};

const ADMIN: &str = "key-of-the-operator-4711";

/// What is never blocked here.
fn open_tools() -> Vec<CannedTool> {
    vec![
        CannedTool::new("greet", Reply::Arguments).with("annotations", json!({"readOnlyHint": true})),
        CannedTool::text("list_notes", "notes").with("annotations", json!({"readOnlyHint": true})),
    ]
}

/// What is: by its name, by a pattern, and by what its server says of it.
fn hidden_tools() -> Vec<CannedTool> {
    let described = |name: &str| CannedTool::text(name, "done").with("description", json!("Explodes the xylophone."));
    vec![
        described("xylo_smash"),
        described("xylo_zap").with("annotations", json!({"readOnlyHint": true})),
        described("grxeet").with("annotations", json!({"readOnlyHint": false, "destructiveHint": true})),
    ]
}

fn all_tools() -> Vec<CannedTool> {
    open_tools().into_iter().chain(hidden_tools()).collect()
}

const HIDDEN: [&str; 3] = ["xylo_smash", "xylo_zap", "grxeet"];

/// Each blocks exactly the hidden tools.
fn policies(access: &str) -> Vec<Value> {
    let names = HIDDEN.map(|name| json!({"name": name, "access": access}));
    let allowed = [json!({"name": "greet", "access": "allowed"}), json!({"pattern": "list_*", "access": "allowed"})];
    vec![
        json!({ "rules": names }),
        json!({"rules": [{"pattern": "xylo*", "access": access}, {"pattern": "gr?eet", "access": access}]}),
        json!({"rules": [{"class": "destructive", "access": access}, {"pattern": "*_zap", "access": access}]}),
        json!({"rules": [{"class": "notReadOnly", "access": access}],
            "annotations": {"xylo_zap": {"readOnlyHint": false}}}),
        json!({"default": access, "rules": allowed}),
    ]
}

fn in_code_mode() -> Vec<Probe> {
    let mut probes = vec![Probe::new("/mcp", "tools/list", json!({})), Probe::call("list_servers", json!({}))];
    for query in ["", "xylo", "xylo_smash", "explode xylophone", "grxeet"] {
        for detail in ["name", "full"] {
            probes.push(Probe::call("search_tools", json!({"query": query, "detail": detail})));
        }
    }
    let scripts = [
        "return Object.keys(tools.box)",
        "return ['xylo_zap' in tools.box, typeof tools.box.xylo_zap, JSON.stringify(tools.box)]",
        "return await tools.box.xylo_smash({})",
        "return await tools.box.xylo_smas({})",
        "return await tools.box['xylo' + '_zap']({})",
        "return await tools['b' + 'ox']['grx' + 'eet']({})",
        "return await tools.box.gxreet({})",
        "try { await tools.box.grxeet({}) } catch (error) { return { ...error, message: error.message } }",
    ];
    probes.extend(scripts.into_iter().map(Probe::script));
    probes
}

fn past_code_mode() -> Vec<Probe> {
    let mut probes = vec![
        Probe::new("/mcp?mode=direct", "tools/list", json!({})),
        Probe::new("/mcp/box", "tools/list", json!({})),
        Probe::tool("/mcp/box", "greet", json!({"a": 1})),
        Probe::tool("/mcp/box", "never_there", json!({})),
        Probe::tool("/mcp?mode=direct", "box__never_there", json!({})),
    ];
    for name in HIDDEN {
        probes.push(Probe::tool("/mcp/box", name, json!({})));
        probes.push(Probe::tool("/mcp?mode=direct", &format!("box__{name}"), json!({})));
    }
    probes
}

const TELLING: [&str; 3] = ["xylo", "grxeet", "Explodes"];

/// A gateway with a server that has all tools, and one with a server that has the open ones only.
async fn twins(era: Era) -> ([Canned; 2], [Gateway; 2]) {
    let canned = [Canned::start_of(era, all_tools()).await, Canned::start_of(era, open_tools()).await];
    let variables = [("admin_key", ADMIN)];
    let gateways = [Gateway::start_with(&variables).await, Gateway::start_with(&variables).await];
    for (canned, gateway) in canned.iter().zip(&gateways) {
        gateway.api().with_key(ADMIN).add_server("box", &canned.url(), json!({})).await;
    }
    (canned, gateways)
}

fn operators(gateways: &[Gateway; 2]) -> [Client; 2] {
    [0, 1].map(|at| gateways[at].client().with_key(ADMIN))
}

#[test]
fn by_the_policy_of_a_server() {
    tests::run(async {
        for era in Era::ALL {
            let (canned, gateways) = twins(era).await;
            let [one, two] = operators(&gateways);
            let api = gateways[0].api().with_key(ADMIN);
            assert_eq!(one.listed_at("/mcp/box").await.len(), 5, "before there is a policy");
            // The other one has a policy as well, which meets nothing.
            let idle = json!({"tools": {"rules": [{"name": "not_there", "access": "blocked"}]}});
            gateways[1].api().with_key(ADMIN).ask("PATCH", "/servers/box", idle).await;
            for policy in policies("blocked") {
                api.ask("PATCH", "/servers/box", json!({ "tools": null })).await;
                api.ask("PATCH", "/servers/box", json!({ "tools": policy })).await;
                canned[0].take_calls();
                assert_alike(one, two, &[in_code_mode(), past_code_mode()].concat(), &TELLING).await;
                let called = canned[0].take_calls();
                assert!(called.iter().all(|(name, _)| !HIDDEN.contains(&name.as_str())), "{policy}: {called:?}");
            }
            let seen = api.get("/servers/box/tools").await;
            let access = |name: &str| {
                let all = seen["items"].as_array().expect("a list").iter();
                all.filter(|tool| tool["name"] == name).map(|tool| tool["access"].clone()).next()
            };
            assert_eq!(access("xylo_zap"), Some(json!("blocked")), "the operator sees it: {seen}");
            assert_eq!(access("greet"), Some(json!("allowed")));
        }
    });
}

#[test]
fn by_the_policy_of_a_key() {
    tests::run(async {
        let (canned, gateways) = twins(Era::Legacy).await;
        let apis = [0, 1].map(|at: usize| gateways[at].api().with_key(ADMIN));
        let two = apis[1].add_key(json!({})).await;
        let two = gateways[1].client().with_key(&two.text);
        let by_server = json!({"rules": [{"pattern": "box/xylo*", "access": "blocked"},
            {"name": "box/grxeet", "access": "blocked"}]});
        for policy in policies("blocked").into_iter().chain([by_server]) {
            let one = apis[0].add_key(json!({ "tools": policy })).await;
            let one = gateways[0].client().with_key(&one.text);
            canned[0].take_calls();
            assert_alike(one, two, &[in_code_mode(), past_code_mode()].concat(), &TELLING).await;
            let called = canned[0].take_calls();
            assert!(called.iter().all(|(name, _)| !HIDDEN.contains(&name.as_str())), "{policy}: {called:?}");
        }
        assert_eq!(gateways[0].client().with_key(ADMIN).listed_at("/mcp/box").await.len(), 5, "others see all");
        let elsewhere = json!({"rules": [{"pattern": "other/*", "access": "blocked"}]});
        let one = apis[0].add_key(json!({ "tools": elsewhere })).await;
        assert_eq!(gateways[0].client().with_key(&one.text).listed_at("/mcp/box").await.len(), 5);
    });
}

#[test]
fn in_code_mode_alone() {
    tests::run(async {
        let (_canned, gateways) = twins(Era::Legacy).await;
        let [one, two] = operators(&gateways);
        let api = gateways[0].api().with_key(ADMIN);
        for policy in policies("blockedInCodeMode") {
            api.ask("PATCH", "/servers/box", json!({ "tools": null })).await;
            api.ask("PATCH", "/servers/box", json!({ "tools": policy })).await;
            assert_alike(one, two, &in_code_mode(), &TELLING).await;
            assert_eq!(one.listed_at("/mcp/box").await.len(), 5, "{policy}");
            assert_eq!(one.listed_at("/mcp?mode=direct").await.len(), 5, "{policy}");
            let called = one.call_directly("box__xylo_zap", json!({})).await;
            assert_eq!(called["result"]["content"][0]["text"], "done", "{called}");
            for era in Era::ALL {
                let peer = Peer::of(era, one, "/mcp/box").await;
                let called = peer.result("tools/call", json!({"name": "grxeet", "arguments": {}})).await;
                assert_eq!(called["content"][0]["text"], "done", "{called}");
            }
        }
    });
}

#[test]
fn the_stricter_of_both_policies_holds() {
    tests::run(async {
        let (_canned, gateways) = twins(Era::Legacy).await;
        let api = gateways[0].api().with_key(ADMIN);
        api.ask(
            "PATCH",
            "/servers/box",
            json!({"tools": {"rules": [{"name": "greet", "access": "blockedInCodeMode"}]}}),
        )
        .await;
        let key = json!({"tools": {"default": "blocked", "rules": [{"name": "greet", "access": "allowed"},
            {"name": "list_notes", "access": "allowed"}]}});
        let key = api.add_key(key).await;
        let client = gateways[0].client().with_key(&key.text);
        assert_eq!(client.listed_at("/mcp/box").await, ["greet", "list_notes"]);
        assert_eq!(*client.execute("return Object.keys(tools.box)").await.value(), json!(["list_notes"]));
    });
}

#[test]
fn new_tools_are_met_by_the_default() {
    tests::run(async {
        let canned = Canned::start(open_tools()).await;
        let gateway = Gateway::start(r#"{"mcpServers": {}}"#).await;
        let (client, api) = (gateway.client(), gateway.api());
        let known = json!({"default": "blocked", "rules": [{"name": "greet", "access": "allowed"}]});
        api.add_server("box", &canned.url(), json!({ "tools": known })).await;
        assert_eq!(client.listed_at("/mcp/box").await, ["greet"]);
        canned.offer(all_tools());
        api.ask("POST", "/servers/box/refresh", Value::Null).await;
        assert_eq!(client.listed_at("/mcp/box").await, ["greet"]);
        assert_eq!(*client.execute("return Object.keys(tools.box)").await.value(), json!(["greet"]));
        api.ask("PATCH", "/servers/box", json!({"tools": {"default": "allowed"}})).await;
        assert_eq!(client.listed_at("/mcp/box").await.len(), 5);
    });
}

#[test]
fn a_declared_server_has_a_policy_too() {
    tests::run(async {
        let canned = Canned::start(all_tools()).await;
        let policy = policies("blocked").remove(1);
        let declared = json!({"mcpServers": {"box": {"url": canned.url(), "tools": policy}}}).to_string();
        let other = Canned::start(open_tools()).await;
        let (one, two) = (Gateway::start(&declared).await, Gateway::start(&servers([("box", other.url())])).await);
        let probes = [in_code_mode(), past_code_mode()].concat();
        assert_alike(one.client(), two.client(), &probes, &TELLING).await;
    });
}

#[test]
fn no_batch_gets_around_a_policy() {
    tests::run(async {
        let canned = Canned::start(all_tools()).await;
        let gateway = Gateway::start(r#"{"mcpServers": {}}"#).await;
        let api = gateway.api();
        api.add_server("box", &canned.url(), json!({"tools": policies("blocked").remove(0)})).await;
        let client = gateway.client();
        let call = |id: u32, name: &str| json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": name, "arguments": {}}});
        let list = json!({"jsonrpc": "2.0", "id": 5, "method": "tools/list", "params": {}});
        let ping = json!({"jsonrpc": "2.0", "id": 6, "method": "ping", "params": {}});
        for batch in [json!([ping, call(1, "xylo_zap")]), json!([list]), json!([[call(2, "xylo_zap")]])] {
            for path in ["/mcp/box", "/mcp?mode=direct", "/mcp"] {
                let answer = client.send("POST", path, &HEADERS, batch.to_string()).await;
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                assert!(!text.contains("xylo_smash") && !text.contains("done"), "{path} {batch}: {text}");
            }
        }
        let reached: Vec<String> = canned.take_calls().into_iter().map(|(name, _)| name).collect();
        assert!(!reached.iter().any(|name| HIDDEN.contains(&name.as_str())), "{reached:?}");

        let body = call(4, "xylo_zap").to_string();
        let refused = client.send("POST", "/mcp/box", &HEADERS, body).await;
        let told = (refused.status, message(&refused)["error"]["code"].clone());
        assert_eq!(told, (StatusCode::OK, json!(-32602)));
    });
}

#[test]
fn no_charset_and_no_header_gets_around_a_policy() {
    tests::run(async {
        let gateway = Gateway::start(r#"{"mcpServers": {}}"#).await;
        for era in Era::ALL {
            let canned = Canned::start_of(era, all_tools()).await;
            let alias = format!("box-{}", era.version());
            let policy = json!({"tools": policies("blocked").remove(0)});
            gateway.api().add_server(&alias, &canned.url(), policy).await;
            let peer = Peer::of(era, gateway.client(), &format!("/mcp/{alias}")).await;
            let message = peer.message("tools/call", json!({"name": "greet", "arguments": {}}));
            canned.take_received();

            // Whoever reads UTF-7 finds a second name.
            let hidden = message.to_string().replacen(
                "\"arguments\"",
                "\"x\":\"+ACI-,+ACI-name+ACI-:+ACI-xylo_zap\",\"arguments\"",
                1,
            );
            for charset in ["utf-7", "UTF-16LE", "iso-2022-kr"] {
                let kind = format!("application/json; charset={charset}");
                let mut headers = peer.headers(&message);
                headers.retain(|(name, _)| *name != "content-type");
                headers.push(("content-type", &kind));
                let refused = gateway.client().send("POST", &format!("/mcp/{alias}"), &headers, hidden.clone()).await;
                assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{charset}");
            }
            assert_eq!(canned.take_received().len(), 0);
            let mut headers = peer.headers(&message);
            headers.retain(|(name, _)| *name != "mcp-name");
            headers.push(("mcp-name", "xylo_zap"));
            gateway.client().send("POST", &format!("/mcp/{alias}"), &headers, message.to_string()).await;
            for received in canned.take_received() {
                assert_eq!(received.headers["content-type"], "application/json");
                assert!(
                    received.headers.get("mcp-name").is_none_or(|name| name != "xylo_zap"),
                    "{:?}",
                    received.headers
                );
            }
        }
    });
}

#[test]
fn nothing_that_is_read_in_two_ways_gets_around_a_policy() {
    tests::run(async {
        let canned = Canned::start(all_tools()).await;
        let gateway = Gateway::start(r#"{"mcpServers": {}}"#).await;
        gateway.api().add_server("box", &canned.url(), json!({"tools": policies("blocked").remove(0)})).await;
        let client = gateway.client();
        for body in [
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","name":"xylo_zap","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"xylo_zap","name":"greet","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","Name":"xylo_zap","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call","params":{"name":"xylo_zap","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"xylo_zap","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"xylo_zap","arguments":{}},"params":{"name":"greet"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools\/call","params":{"name":"xylo\u005fzap","arguments":{}}}"#,
            r#"{"id":1,"method":"tools/call","params":{"name":"xylo_zap","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"xylo_zap","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"xylo_zap","arguments":{}}}"#,
            "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"xylo_zap\"}}",
        ] {
            let answer = client.send("POST", "/mcp/box", &HEADERS, body).await;
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(!text.contains("done"), "{body}: {text}");
        }
        // What a server gets has each name once, in whatever case: others read the first one, or take any case.
        for received in canned.take_received() {
            assert!(!received.message.to_string().contains("xylo"), "{}", received.message);
        }
        let reached: Vec<String> = canned.take_calls().into_iter().map(|(name, _)| name).collect();
        assert!(!reached.iter().any(|name| HIDDEN.contains(&name.as_str())), "{reached:?}");
    });
}
