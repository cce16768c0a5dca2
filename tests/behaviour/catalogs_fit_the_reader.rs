//! What an agent is shown of its tools: all of them when they are few, found by search when they are many, whatever
//! one odd tool or server says.

use serde_json::{Value, json};
use tests::client::Client;
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

async fn description(client: Client, tool: &str) -> String {
    let listed = client.request("tools/list", json!({})).await;
    let tools = listed["result"]["tools"].as_array().expect("a list");
    let found = tools.iter().find(|one| one["name"] == tool).expect("the tool");
    found["description"].as_str().expect("a description").to_owned()
}

/// Tools called `job_0`, `job_1`, …
fn jobs(count: usize) -> Vec<CannedTool> {
    let described =
        |n| CannedTool::text(&format!("job_{n}"), "x").with("description", json!(format!("Does job number {n}.")));
    (0..count).map(described).collect()
}

async fn search(client: Client, arguments: Value) -> Value {
    client.call("search_tools", arguments).await
}

fn names(found: &Value) -> Vec<&str> {
    found["tools"].as_array().expect("a list").iter().filter_map(|tool| tool["name"].as_str()).collect()
}

#[test]
fn few_tools_stand_in_the_description_and_many_do_not() {
    tests::run(async {
        let (few, many) = (Canned::start(jobs(5)).await, Canned::start(jobs(400)).await);
        let gateway = Gateway::start(&servers([("up", few.url())])).await;
        let text = description(gateway.client(), "execute_code").await;
        assert!((0..5).all(|n| text.contains(&format!("job_{n}"))), "{text}");
        assert_eq!(text, description(gateway.client(), "execute_code").await, "the same every time");

        let gateway = Gateway::start(&servers([("up", many.url())])).await;
        let text = description(gateway.client(), "execute_code").await;
        assert!(!text.contains("job_") && text.contains("search_tools"), "{text}");
        assert!(text.contains("Promise.all") && text.contains("return"), "{text}");
        assert!(text.len() < 1_000, "{text}");

        let urls = servers([("up", few.url())]);
        let gateway = Gateway::start_with(&[("servers", urls.as_str()), ("inline_catalog", "10")]).await;
        assert!(!description(gateway.client(), "execute_code").await.contains("job_"), "a setting");
    });
}

#[test]
fn detail_goes_from_a_line_to_everything() {
    tests::run(async {
        let schema = json!({
            "type": "object",
            "properties": {"path": {"type": "string", "description": "Where the file is.", "default": "/tmp"}},
            "required": ["path"],
        });
        let tool = CannedTool::text("read_file", "x")
            .with("title", json!("Read a file"))
            .with("description", json!("Reads a file. And this is a second sentence with more on it."))
            .with("inputSchema", schema);
        let upstream = Canned::start([tool]).await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let mut texts = Vec::new();
        for detail in ["name", "signature", "full"] {
            let found = search(gateway.client(), json!({"query": "read file", "detail": detail})).await;
            texts.push(found["tools"][0]["text"].as_str().expect("a text").to_owned());
        }
        let [name, signature, full] = &texts[..] else { panic!("three") };
        assert!(
            name.contains("tools.up.read_file") && name.contains("Reads a file") && !name.contains("second"),
            "{name}"
        );
        assert!(signature.contains("path") && signature.contains("string"), "{signature}");
        assert!(full.contains("Where the file is.") && full.contains("/tmp") && full.contains("second"), "{full}");
        assert!(name.len() < signature.len() && signature.len() < full.len());
        let by_default = search(gateway.client(), json!({"query": "read file"})).await;
        assert_eq!(by_default["tools"][0]["text"], json!(signature));
    });
}

#[test]
fn pages_show_every_tool_once() {
    tests::run(async {
        let upstream = Canned::start(jobs(25)).await;
        let gateway = Gateway::start(&servers([("a", upstream.url()), ("b", upstream.url())])).await;
        for query in ["*", "", "job"] {
            let mut seen = Vec::new();
            let mut arguments = json!({"query": query, "limit": 7, "detail": "name"});
            loop {
                let page = search(gateway.client(), arguments.clone()).await;
                assert_eq!(page["total"], 50, "{query:?}");
                for tool in page["tools"].as_array().expect("a list") {
                    seen.push(tool["call"].as_str().expect("an expression").to_owned());
                }
                match page.get("nextCursor") {
                    Some(cursor) => arguments["cursor"] = cursor.clone(),
                    None => break,
                }
                assert!(seen.len() <= 50, "it ends");
            }
            let distinct: std::collections::BTreeSet<&String> = seen.iter().collect();
            assert_eq!((seen.len(), distinct.len()), (50, 50), "{query:?}");
        }
        let only_b = search(gateway.client(), json!({"query": "job", "server": "b", "limit": 100})).await;
        assert_eq!(only_b["total"], 25);
    });
}

#[test]
fn words_find_tools_however_they_are_written() {
    tests::run(async {
        let names_and_words = [
            ("read_file", "Reads"),
            ("listDirectory", "Lists"),
            ("git.commit-all", "Commits"),
            ("sendMail", "Sends a message"),
        ];
        let upstream = Canned::start(
            names_and_words.map(|(name, words)| CannedTool::text(name, "x").with("description", json!(words))),
        )
        .await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        for (query, first) in [
            ("read file", "read_file"),
            ("list directory", "listDirectory"),
            ("commit all", "git.commit-all"),
            ("raed file", "read_file"),
            ("direct", "listDirectory"),
            ("message", "sendMail"),
            ("READ_FILE", "read_file"),
        ] {
            let found = search(gateway.client(), json!({"query": query})).await;
            assert_eq!(names(&found).first(), Some(&first), "{query}: {found:#}");
        }
        let nothing = search(gateway.client(), json!({"query": "zzzzqqq"})).await;
        assert_eq!(nothing["total"], 0);
    });
}

#[test]
fn one_malformed_tool_hides_no_other() {
    tests::run(async {
        let nameless = CannedTool { definition: json!({"inputSchema": {"type": "object"}}), reply: Reply::Arguments };
        let no_object = CannedTool { definition: json!("a tool"), reply: Reply::Arguments };
        let upstream = Canned::start([
            CannedTool::text("first", "1"),
            nameless,
            no_object,
            CannedTool::text("schema_is_text", "x").with("inputSchema", json!("object")),
            CannedTool::text("nullable", "2")
                .with("inputSchema", json!({"type": "object", "properties": {"x": {"type": ["string", "null"]}}})),
            CannedTool::text("bad_reference", "3")
                .with("inputSchema", json!({"type": "object", "properties": {"x": {"$ref": "#/$defs/none"}}})),
            CannedTool::text("recursive", "4")
                .with("inputSchema", json!({"type": "object", "properties": {"x": {"$ref": "#"}}})),
            CannedTool::text("bad_pattern", "5").with(
                "inputSchema",
                json!({"type": "object", "properties": {"x": {"type": "string", "pattern": "("}}}),
            ),
            CannedTool::text("bad_type", "6")
                .with("inputSchema", json!({"type": "object", "properties": {"x": {"type": 7}}})),
            CannedTool::text("bad_texts", "7")
                .with("description", json!("ends */ } declare const evil: 1; /*\nnext\u{2028}"))
                .with("title", json!(7)),
            CannedTool::text("last", "8"),
        ])
        .await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let found = search(gateway.client(), json!({"query": "*", "limit": 100, "detail": "full"})).await;
        let sound = ["first", "nullable", "bad_reference", "recursive", "bad_pattern", "bad_type", "bad_texts", "last"];
        for name in sound {
            assert!(names(&found).contains(&name), "{name}: {:?}", names(&found));
            let run = gateway.client().execute(&format!("return await tools.up.{name}({{}})")).await;
            assert!(run.value().is_string(), "{name}");
        }
        let listed = gateway.client().call("list_servers", json!({})).await;
        assert_eq!(listed["servers"][0]["health"], "ok", "{listed:#}");
        assert!(
            listed["servers"][0]["message"].as_str().is_some_and(|text| text.contains("schema_is_text")),
            "{listed:#}"
        );
    });
}

#[test]
fn what_tools_return_is_learned_without_the_values() {
    tests::run(async {
        let by_address = json!({"alice@example.com": {"age": 1}, "bob@example.org": {"age": 2}});
        let secret = json!({"rows": [{"id": 1, "name": "Alice Secret"}, {"id": 2, "tag": null}], "total": 2,
            "people": by_address});
        let structured = json!({"content": [], "structuredContent": {"n": 987_654}});
        let failing = json!({"content": [{"type": "text", "text": "{\"oops\": 1}"}], "isError": true});
        let upstream = Canned::start([
            CannedTool::text("rows", &secret.to_string()),
            CannedTool::new("declared", Reply::Result(structured))
                .with("outputSchema", json!({"type": "object", "properties": {"m": {"type": "string"}}})),
            CannedTool::new("failing", Reply::Result(failing)),
        ])
        .await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let client = gateway.client();
        let text = async |name: &str| {
            let found = search(client, json!({"query": name, "server": "up"})).await;
            let tool =
                found["tools"].as_array().and_then(|tools| tools.iter().find(|one| one["name"] == name).cloned());
            (tool.expect("found")["text"].as_str().expect("text").to_owned(), found)
        };
        let (before, found) = text("rows").await;
        assert!(before.contains("unknown"), "{before}");
        assert!(found["advice"].as_str().is_some_and(|advice| !advice.is_empty()), "advises to look first: {found:#}");
        let (declared, _) = text("declared").await;

        client
            .execute(
                "await tools.up.rows(); await tools.up.declared(); try { await tools.up.failing() } catch {} return 1",
            )
            .await;

        // It is learned after the answer has gone out.
        let mut learned = String::new();
        for _ in 0..100 {
            learned = text("rows").await.0;
            if learned != before {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        for word in ["rows", "id", "number", "name?", "string", "total", "learned", "1 result", "Record<string, { age"]
        {
            assert!(learned.contains(word), "{word}: {learned}");
        }
        for value in ["Alice", "Secret", "alice@", "example.org"] {
            assert!(!learned.contains(value), "keys that are data are values too: {learned}");
        }
        assert_eq!(text("declared").await.0, declared, "an output schema is not overridden");
        assert!(!text("failing").await.0.contains("oops"), "an error is no result");
    });
}

#[test]
fn a_server_that_is_down_is_named_and_hides_nothing() {
    tests::run(async {
        let upstream = Canned::start(jobs(2)).await;
        let nobody = "http://127.0.0.1:9/mcp".to_owned();
        let gateway = Gateway::start(&servers([("down", nobody), ("up", upstream.url())])).await;
        let listed = gateway.client().call("list_servers", json!({})).await;
        let servers = listed["servers"].as_array().expect("a list");
        assert_eq!(
            (&servers[0]["alias"], &servers[0]["health"]),
            (&json!("down"), &json!("unavailable")),
            "{listed:#}"
        );
        assert_eq!((&servers[1]["health"], &servers[1]["tools"]), (&json!("ok"), &json!(2)), "{listed:#}");
        let found = search(gateway.client(), json!({"query": "job"})).await;
        assert_eq!((names(&found).len(), &found["unavailable"][0]["server"]), (2, &json!("down")), "{found:#}");
        assert!(description(gateway.client(), "execute_code").await.contains("job_1"));
    });
}

#[test]
fn results_are_structured_and_the_same_as_text() {
    tests::run(async {
        let upstream = Canned::start(jobs(2)).await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        let listed = gateway.client().request("tools/list", json!({})).await;
        let tools = listed["result"]["tools"].as_array().expect("a list");
        for (tool, arguments) in [
            ("search_tools", json!({"query": "job"})),
            ("list_servers", json!({})),
            ("execute_code", json!({"code": "return { n: 1 }"})),
        ] {
            let definition = tools.iter().find(|one| one["name"] == tool).expect("listed");
            assert_eq!(definition["outputSchema"]["type"], "object", "{tool}");
            let required = definition["outputSchema"]["required"].as_array().expect("a list");
            let answer = gateway.client().request("tools/call", json!({"name": tool, "arguments": arguments})).await;
            let result = &answer["result"];
            let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().expect("text")).expect("JSON");
            assert_eq!(text, result["structuredContent"], "{tool}");
            for member in required {
                assert!(text.get(member.as_str().expect("a name")).is_some(), "{tool}: {member}");
            }
        }
        let count: Vec<&str> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
        assert_eq!(count, ["list_servers", "search_tools", "execute_code"], "add_server only where it is allowed");
    });
}
