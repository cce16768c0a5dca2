//! Every tool can be called by the name that its server gave it, by an identifier and by a flat name, whatever the
//! names are; and what `search_tools` shows is what can be written.

use serde_json::{Value, json};
use tests::client::Client;
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

/// Names that are no identifiers, that collide once they are sanitised, or that mean something to JavaScript.
const ODD_NAMES: [&str; 20] = [
    "resolve-library-id",
    "a-b",
    "a.b",
    "a_b",
    "a b",
    "2fast",
    "größe",
    "then",
    "catch",
    "constructor",
    "prototype",
    "__proto__",
    "toString",
    "valueOf",
    "hasOwnProperty",
    "toJSON",
    "class",
    "await",
    "length",
    "\"];evil();[\"",
];

/// Runs `check` against a gateway whose servers `my-srv` and `up` have tools that answer with their arguments, with
/// the odd names and the name `echo`.
fn with_gateway<F: AsyncFnOnce(Client, &Canned)>(check: F) {
    tests::run(async {
        let tools = ODD_NAMES.into_iter().chain(["echo"]).map(|name| CannedTool::new(name, Reply::Arguments));
        let upstream = Canned::start(tools).await;
        let urls = [("my-srv", upstream.url()), ("up", upstream.url())];
        let gateway = Gateway::start(&servers(urls)).await;
        check(gateway.client(), &upstream).await;
    });
}

fn called(upstream: &Canned) -> Vec<String> {
    upstream.take_calls().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn dots_brackets_and_flat_names_call_the_same_tool() {
    with_gateway(async |client, upstream| {
        for call in [
            "tools.up.echo",
            "tools['up']['echo']",
            "tools.up[`echo`]",
            "tools?.up?.echo",
            "up_echo",
            "tools.my_srv.echo",
            "tools['my-srv'].echo",
            "my_srv_echo",
            "globalThis.tools.up.echo",
            "(({ up: { echo } }) => echo)(tools)",
        ] {
            let run = client.execute(&format!("return await {call}({{ n: 1 }})")).await;
            assert_eq!(*run.value(), json!({"n": 1}), "{call}");
            assert_eq!(called(upstream), ["echo"], "{call}");
        }
    });
}

#[test]
fn any_name_works_in_brackets() {
    with_gateway(async |client, upstream| {
        // `then` is the exception: a server whose `then` is a function would be a thenable.
        for name in ODD_NAMES.into_iter().filter(|name| !["then", "toJSON"].contains(name)) {
            let code = format!("return await tools.up[{}]({{ n: 1 }})", json!(name));
            let run = client.execute(&code).await;
            assert_eq!(*run.value(), json!({"n": 1}), "{name}");
            assert_eq!(called(upstream), [name]);
        }
    });
}

#[test]
fn what_search_tools_shows_calls_that_tool() {
    with_gateway(async |client, upstream| {
        let found = client.call("search_tools", json!({"query": "*", "server": "up", "limit": 100})).await;
        let hits = found["tools"].as_array().expect("a list");
        assert_eq!(hits.len(), ODD_NAMES.len() + 1);
        for hit in hits {
            let (name, call) = (hit["name"].as_str().expect("a name"), hit["call"].as_str().expect("an expression"));
            let run = client.execute(&format!("return await {call}({{ n: 1 }})")).await;
            assert_eq!(*run.value(), json!({"n": 1}), "{name}: {call}");
            assert_eq!(called(upstream), [name], "{call}");
        }
    });
}

#[test]
fn collisions_are_resolved_the_same_way_every_time() {
    tests::run(async {
        let mut seen: Vec<Vec<Value>> = Vec::new();
        // The order of a list is the server's whim.
        for names in [["a-b", "a.b", "a_b"], ["a.b", "a_b", "a-b"], ["a_b", "a-b", "a.b"]] {
            let upstream = Canned::start(names.map(|name| CannedTool::text(name, name))).await;
            let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
            let code = "return await Promise.all(Object.keys(tools.up).sort().map(async (key) => [key, await tools.up[key]()]))";
            let run = gateway.client().execute(code).await;
            seen.push(run.value().as_array().expect("a list").clone());
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0], seen[2]);
        assert!(seen[0].contains(&json!(["a_b", "a_b"])), "an identifier keeps its name: {:?}", seen[0]);
    });
}

#[test]
fn nothing_of_tools_is_thenable() {
    with_gateway(async |client, upstream| {
        let run = client
            .execute(
                "const awaited = [await tools, await tools.up, await tools.up.echo, await tools.nothing];
                 return [awaited[0] === tools, typeof awaited[2], typeof tools.then, typeof tools.up.then,
                     typeof tools.up.echo.then, typeof tools.nothing.then]",
            )
            .await;
        let undefined = "undefined";
        assert_eq!(*run.value(), json!([true, "function", undefined, undefined, undefined, undefined]));
        assert!(called(upstream).is_empty(), "an await calls nothing");
    });
}

#[test]
fn keys_and_in_tell_what_is_there() {
    with_gateway(async |client, upstream| {
        let run = client
            .execute(
                "return {
                     servers: Object.keys(tools).sort(),
                     tools: Object.keys(tools.up).length,
                     is: ['up' in tools, 'my-srv' in tools, 'my_srv' in tools, 'echo' in tools.up, 'a-b' in tools.up],
                     isNot: ['nope' in tools, 'nope' in tools.up, 'then' in tools],
                     entries: Object.entries(tools.up).every(([, tool]) => typeof tool === 'function'),
                     loop: (() => { const seen = []; for (const name in tools) seen.push(name); return seen.sort() })(),
                     same: tools.up.echo === tools.up.echo,
                 }",
            )
            .await;
        let value = run.value();
        assert_eq!(value["servers"], json!(["my_srv", "up"]));
        assert_eq!(value["loop"], json!(["my_srv", "up"]));
        assert_eq!(value["tools"], json!(ODD_NAMES.len() + 1));
        assert_eq!(value["is"], json!([true, true, true, true, true]));
        assert_eq!(value["isNot"], json!([false, false, false]));
        assert_eq!(value["entries"], json!(true));
        assert_eq!(value["same"], json!(true), "a tool is one function");
        assert!(called(upstream).is_empty());
    });
}

#[test]
fn a_function_of_the_script_may_have_a_flat_name() {
    with_gateway(async |client, _| {
        let run = client.execute("const up_echo = () => 'mine'; return up_echo()").await;
        assert_eq!(*run.value(), json!("mine"));
        let run = client.execute("return typeof up_nothing + typeof nothing_at_all").await;
        assert_eq!(*run.value(), json!("undefinedundefined"), "what is no tool is no global");
    });
}
