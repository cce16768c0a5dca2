//! A script that reaches a limit ends with an error that names it, and the next script finds everything as before.
//! How soon it ends is measured in `timing/`.

use std::time::Duration;

use serde_json::{Value, json};
use tests::client::{Client, Run};
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, Reply, servers};

const MIB: usize = 1 << 20;

/// Runs `check` against a gateway with these limits and a server `up`.
fn with_limits<F: AsyncFnOnce(Client, &Canned)>(limits: &[(&str, &str)], check: F) {
    tests::run(async {
        let text = |bytes: usize| json!({"content": [{"type": "text", "text": "x".repeat(bytes)}]});
        let upstream = Canned::start([
            CannedTool::wait(),
            CannedTool::new("echo", Reply::Arguments),
            CannedTool::new("three_mib", Reply::Result(text(3 * MIB))),
            CannedTool::new("five_mib", Reply::Result(text(5 * MIB))),
        ])
        .await;
        let urls = servers([("up", upstream.url())]);
        let mut variables = vec![("servers", urls.as_str())];
        variables.extend_from_slice(limits);
        let gateway = Gateway::start_with(&variables).await;
        check(gateway.client(), &upstream).await;
        assert_eq!(*gateway.client().execute("return 1").await.value(), json!(1), "healthy afterwards");
    });
}

fn assert_ends(run: &Run, kind: &str, words: &[&str]) {
    assert_eq!(run.error_kind(), kind, "{:#}", run.call_result);
    for word in words {
        assert!(run.error_message().contains(word), "{word}: {}", run.error_message());
    }
}

#[test]
fn big_integers_have_a_length_that_can_be_written() {
    with_limits(&[], async |client, _| {
        let run = client.execute("return String(2n ** 131000n).length").await;
        assert_eq!(*run.value(), json!(39_435));
        let run = client.execute("try { return 2n ** 131072n } catch (error) { return String(error) }").await;
        assert_eq!(*run.value(), json!("RangeError: BigInt is too large to allocate"));
    });
}

#[test]
fn wall_time_and_the_calls_under_way_are_cancelled() {
    with_limits(&[("run_timeout", "300")], async |client, upstream| {
        let code =
            "await tools.up.echo({}); await Promise.all([tools.up.wait({ ms: 60000 }), tools.up.wait({ ms: 60000 })])";
        let run = client.execute(code).await;
        assert_ends(&run, "timeout", &["300"]);
        assert!(run.took < Duration::from_secs(2), "{:?}", run.took);
        assert_eq!(run.call_statuses(), ["ok", "cancelled", "cancelled"]);
        assert!(run.text().contains("may have had their effect"), "{}", run.text());
        upstream.until("both calls lose their connection", |upstream| upstream.abandoned() == 2).await;
        assert_eq!(upstream.under_way(), 0);
    });
}

#[test]
fn wall_time_that_the_agent_sets() {
    with_limits(&[("run_timeout", "5000")], async |client, upstream| {
        let arguments = json!({"code": "await tools.up.wait({ ms: 60000 })", "timeout_ms": 200});
        let run = client.execute_with(arguments).await;
        assert_ends(&run, "timeout", &["200"]);
        upstream.until("the call loses its connection", |upstream| upstream.abandoned() == 1).await;
        for wrong in [json!(5_001), json!(0), json!(-1), json!(1.5), json!("200")] {
            let run = client.execute_with(json!({"code": "return 1", "timeout_ms": wrong})).await;
            assert_eq!(run.error_kind(), "arguments", "{wrong}: {:#}", run.call_result);
        }
    });
}

#[test]
fn wall_time_that_loading_uses_up() {
    with_limits(&[], async |client, upstream| {
        upstream.list_after(Duration::from_millis(1_500));
        let arguments = json!({"code": "return await tools.up.echo({ n: 1 })", "timeout_ms": 300});
        let run = client.execute_with(arguments.clone()).await;
        assert_ends(&run, "timeout", &["300 ms", "loading the tools of \"up\"", "Nothing was called"]);
        assert!(run.took < Duration::from_millis(1_400), "{:?}", run.took);
        assert!(
            run.member("duration_ms").as_u64().is_some_and(|ms| (300..1_400).contains(&ms)),
            "{:#}",
            run.call_result
        );
        assert_eq!(run.member("calls"), &json!([]));

        // The loading has gone on, and the next script waits for what is left of it.
        let run = client.execute("return await tools.up.echo({ n: 2 })").await;
        assert_eq!(*run.value(), json!({"n": 2}));
        let run = client.execute_with(arguments).await;
        assert_eq!(*run.value(), json!({"n": 1}), "in time, now that the tools are known");
        let lists = upstream.take_received().into_iter().filter(|one| one.message["method"] == "tools/list");
        assert_eq!(lists.count(), 1);
        let called: Vec<Value> = upstream.take_calls().into_iter().map(|(_, arguments)| arguments).collect();
        assert_eq!(called, [json!({"n": 2}), json!({"n": 1})]);
    });
}

#[test]
fn compute() {
    with_limits(&[("run_compute", "100")], async |client, _| {
        for code in [
            "while (true) {}",
            "for (;;) await null",
            "const f = () => { Promise.resolve().then(f) }; f(); await new Promise(() => {})",
            "await tools.up.echo({}); while (true) {}",
            "while (true) { try { while (true) {} } catch {} finally { continue } }",
        ] {
            let run = client.execute(code).await;
            assert_ends(&run, "compute", &["100 ms", "run_compute"]);
            assert!(run.took < Duration::from_secs(3), "{code}: {:?}", run.took);
        }
        let run = client.execute("await tools.up.echo({}); while (true) {}").await;
        assert_eq!(run.call_statuses(), ["ok"], "the calls already made are kept");
    });
}

#[test]
fn waiting_is_no_compute() {
    with_limits(&[("run_compute", "50")], async |client, _| {
        let run = client.execute("return await tools.up.wait({ ms: 300 })").await;
        assert_eq!(*run.value(), json!("done"));
    });
}

#[test]
fn memory() {
    with_limits(&[("run_memory", "8388608")], async |client, _| {
        for code in [
            "new ArrayBuffer(64 * 1024 * 1024)",
            "new Uint8Array(64 * 1024 * 1024)",
            "'x'.repeat(2 ** 26)",
            "const all = []; for (;;) all.push(new Array(10000).fill(1))",
            "const all = []; for (;;) all.push({ a: {} })",
            "const map = new Map(); for (let i = 0; ; i++) map.set(i, { i })",
            "const all = []; for (let i = 0; i < 10; i++) all.push(await tools.up.three_mib()); return all.length",
            "try { const all = []; for (;;) all.push(new Array(10000).fill(1)) } catch (error) { throw error }",
        ] {
            assert_ends(&client.execute(code).await, "memory", &["memory"]);
            assert_eq!(*client.execute("return 1").await.value(), json!(1), "after {code}");
        }
    });
}

#[test]
fn memory_that_a_script_gives_back_is_no_error() {
    with_limits(&[("run_memory", "8388608")], async |client, _| {
        let run = client
            .execute("let n = 0; for (let i = 0; i < 200; i++) n += new Uint8Array(1024 * 1024).length; return n")
            .await;
        assert_eq!(*run.value(), json!(200 * MIB));
        let run =
            client.execute("try { new ArrayBuffer(2 ** 30) } catch (error) { return error instanceof Error }").await;
        assert_eq!(*run.value(), json!(true), "too much at once can be caught");
    });
}

#[test]
fn stack() {
    with_limits(&[], async |client, _| {
        assert_ends(&client.execute("const f = () => f() + 1; return f()").await, "stack", &[]);
    });
}

#[test]
fn calls() {
    with_limits(&[], async |client, upstream| {
        let run = client.execute("for (let i = 0; i < 60; i++) await tools.up.echo({ i }); return 'all'").await;
        assert_ends(&run, "calls", &["50"]);
        assert_eq!(upstream.take_calls().len(), 50);
        assert_eq!(
            run.member("calls").as_array().expect("a list").iter().filter(|call| call["status"] == "ok").count(),
            50
        );
        let run = client.execute("for (let i = 0; i < 50; i++) await tools.up.echo({ i }); return 'all'").await;
        assert_eq!(*run.value(), json!("all"), "fifty are allowed");
    });
    with_limits(&[("run_calls", "3")], async |client, upstream| {
        let code = "const settled = await Promise.allSettled([1, 2, 3, 4, 5].map((i) => tools.up.echo({ i })));
                    return settled.map(({ status }) => status)";
        let run = client.execute(code).await;
        assert_eq!(*run.value(), json!(["fulfilled", "fulfilled", "fulfilled", "rejected", "rejected"]));
        assert_eq!(upstream.take_calls().len(), 3);
    });
}

#[test]
fn calls_in_flight() {
    with_limits(&[], async |client, upstream| {
        let code = "const sent = Array.from({ length: 40 }, (_, i) => tools.up.wait({ ms: 200 + (i % 3), i }));
                    return (await Promise.all(sent)).length";
        assert_eq!(*client.execute(code).await.value(), json!(40));
        assert_eq!(upstream.most_under_way(), 16);
        let order: Vec<Value> =
            upstream.take_calls().into_iter().map(|(_, arguments)| arguments["i"].clone()).collect();
        let first: std::collections::BTreeSet<u64> = order[..16].iter().filter_map(Value::as_u64).collect();
        assert_eq!(first, (0..16).collect(), "the rest wait their turn in order of issue");
    });
    with_limits(&[("run_in_flight", "2")], async |client, upstream| {
        let code = "return (await Promise.all(Array.from({ length: 6 }, () => tools.up.wait({ ms: 5 })))).length";
        assert_eq!(*client.execute(code).await.value(), json!(6));
        assert_eq!(upstream.most_under_way(), 2);
    });
}

#[test]
fn code() {
    with_limits(&[], async |client, _| {
        let run = client.execute(&format!("return 1 //{}", "x".repeat(256 * 1024))).await;
        assert_ends(&run, "arguments", &["262144"]);
        let run = client.execute(&format!("return 1 //{}", "x".repeat(255 * 1024))).await;
        assert_eq!(*run.value(), json!(1));
    });
    with_limits(&[("run_code", "100")], async |client, _| {
        assert_ends(&client.execute(&"x".repeat(101)).await, "arguments", &["101", "100"]);
    });
}

#[test]
fn one_tool_result() {
    with_limits(&[], async |client, _| {
        let run = client.execute("return await tools.up.five_mib()").await;
        assert_ends(&run, "tool", &["4194304"]);
        let run = client.execute("return (await tools.up.three_mib()).length").await;
        assert_eq!(*run.value(), json!(3 * MIB));
    });
}

#[test]
fn the_result_is_cut_where_its_structure_lets_it() {
    with_limits(&[("run_result", "2000")], async |client, _| {
        for code in [
            "return Array.from({ length: 5000 }, (_, i) => ({ i, name: 'row ' + i }))",
            "return 'x'.repeat(100000)",
            "return Object.fromEntries(Array.from({ length: 5000 }, (_, i) => ['key ' + i, i]))",
            "return { rows: Array.from({ length: 100 }, () => 'y'.repeat(1000)), total: 100 }",
        ] {
            let run = client.execute(code).await;
            assert_eq!(run.member("truncated"), &json!(true), "{code}");
            let result = run.value();
            assert!(result.to_string().len() <= 2_000, "{code}: {}", result.to_string().len());
            assert!(result["truncated"].as_str().is_some_and(|note| note.contains("2000")), "{result}");
            let first = result.to_string();
            assert!(first.starts_with("{\"truncated\":"), "the note comes first: {first}");
        }
        let run = client.execute("return Array.from({ length: 100 }, (_, i) => i)").await;
        assert_eq!((run.member("truncated"), run.value().as_array().map(Vec::len)), (&json!(false), Some(100)));
    });
}

#[test]
fn the_result_by_default() {
    with_limits(&[], async |client, _| {
        let run = client.execute("return 'x'.repeat(300 * 1024)").await;
        assert_eq!(run.member("truncated"), &json!(true));
        assert!(run.value().to_string().len() <= 256 * 1024);
        let run = client.execute("return 'x'.repeat(200 * 1024)").await;
        assert_eq!(run.value().as_str().map(str::len), Some(200 * 1024));
    });
}

#[test]
fn logs_apart_from_the_result() {
    with_limits(&[("run_logs", "500")], async |client, _| {
        let run = client.execute("for (let i = 0; i < 1000; i++) console.log('line ' + i); return 'kept'").await;
        assert_eq!(*run.value(), json!("kept"));
        let texts = run.log_texts();
        assert_eq!(texts[0], "line 0");
        assert!(texts.iter().map(|text| text.len()).sum::<usize>() < 800, "{texts:?}");
        let last = texts.last().expect("a note");
        assert!(last.contains("500") && last.contains("left out"), "{last}");
        let run = client.execute("console.log('z'.repeat(1e6)); return 1").await;
        assert!(run.member("logs").to_string().len() < 1_000, "{:#}", run.call_result);
    });
}

#[test]
fn a_promise_that_nothing_can_settle() {
    with_limits(&[], async |client, _| {
        assert_ends(&client.execute("await new Promise(() => {})").await, "unsettled", &[]);
        let run = client.execute("await tools.up.echo({}); await new Promise(() => {}); return 1").await;
        assert_ends(&run, "unsettled", &[]);
        assert_eq!(run.call_statuses(), ["ok"]);
    });
}

#[test]
fn a_variable_that_cannot_be_used_is_named() {
    tests::run(async {
        for (name, value) in
            [("run_compute", "soon"), ("run_calls", "0"), ("run_memory", "999999999999"), ("run_timeout", "-5")]
        {
            let gateway = Gateway::start_with(&[("servers", r#"{"mcpServers": {}}"#), (name, value)]).await;
            let answer = gateway.client().post(&json!({"jsonrpc": "2.0", "id": 1, "method": "ping"})).await;
            let message = tests::client::message(&answer);
            let text = message["error"]["message"].as_str().expect("an error");
            assert!(text.contains(name) && text.contains(value), "{message}");
        }
    });
}
