//! No script holds a thread for longer than `run_compute` and a second, whatever it calls: each ends with its result,
//! or with a limit.
//!
//! Functions are called as `crates/javascript/tests/fixtures/computing` says, each by a script of its own. `BOBBIN_ATTACKS=full`
//! gives each of them the default limit in place of a short one, and larger values: half an hour on two cores.

use std::fmt::Write;
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use serde_json::json;
use tests::client::Run;
use tests::gateway::Gateway;

/// How much later than the limit the answer may be there.
const GRACE: Duration = Duration::from_secs(1);

/// Scripts at a time, on instances of their own.
const AT_A_TIME: usize = 2;

/// The machine may do other things for a while, so there are so many attempts.
const ATTEMPTS: usize = 4;

/// What a run may end with.
const LIMITS: [&str; 4] = ["compute", "memory", "stack", "result"];

const REALM: &str = include_str!("../../crates/javascript/tests/fixtures/computing/realm.js");
const VALUES: &str = include_str!("../../crates/javascript/tests/fixtures/computing/values.js");
const CALLS: &str = include_str!("../../crates/javascript/tests/fixtures/computing/calls.js");
/// Scripts, each behind a line with its name.
const SCRIPTS: &str = include_str!("scripts.js");

/// The scripts with their names.
fn scripts() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCRIPTS.split("//// ").filter_map(|script| script.split_once('\n'))
}

fn is_full() -> bool {
    std::env::var("BOBBIN_ATTACKS").as_deref() == Ok("full")
}

/// A gateway on which each script has this time to compute.
async fn gateway(limit: Duration) -> Gateway {
    let limit = limit.as_millis().to_string();
    Gateway::start_on_many_instances(&[("servers", r#"{"mcpServers": {}}"#), ("run_compute", &limit)]).await
}

/// Runs scripts, and says which of them did not end as they should.
async fn attack(gateway: &Gateway, limit: Duration, scripts: Vec<(String, String)>) {
    let attacks = scripts
        .into_iter()
        .map(|(name, code)| async move { end_of(gateway, limit, (&name, &code), is_within_limits).await.err() });
    let failed: Vec<String> =
        stream::iter(attacks).buffer_unordered(AT_A_TIME).filter_map(std::future::ready).collect().await;
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(*gateway.client().execute("return 1").await.value(), json!(1), "after all of them");
}

/// Runs a script, and says why it did not end as it should; how it may end, but for the time, says `is_expected`.
async fn end_of(
    gateway: &Gateway,
    limit: Duration,
    (name, code): (&str, &str),
    is_expected: fn(&Run) -> bool,
) -> Result<(), String> {
    let mut late = String::new();
    for _ in 0..ATTEMPTS {
        let run = gateway.client().execute(code).await;
        if !is_expected(&run) {
            return Err(format!("{name}: {:#}", run.call_result));
        }
        if run.took <= limit + GRACE {
            return Ok(());
        }
        // On a machine that is busy, an empty loop is late as well.
        let plain = gateway.client().execute("for (;;);").await.took;
        let latest = limit.max(plain) + GRACE.max(plain / 2);
        if run.took <= latest {
            return Ok(());
        }
        late = format!("{name} took {:?}; at most {latest:?}, since an empty loop took {plain:?}", run.took);
    }
    Err(late)
}

fn is_within_limits(run: &Run) -> bool {
    run.call_result["isError"] != true || LIMITS.contains(&run.error_kind())
}

#[test]
fn every_function_with_large_values() {
    let (limit, size) = match is_full() {
        true => (Duration::from_secs(2), 0.5),
        false => (Duration::from_millis(100), 0.05),
    };
    tests::run_for_long(async {
        let gateway = gateway(limit).await;
        let count = gateway.client().execute(&format!("{REALM}\nreturn functions.length")).await;
        let count = count.value().as_u64().expect("a number");
        assert!(count > 500, "there are only {count} functions");
        let scripts = (0..count).map(|index| {
            let mut code = format!("const SIZE = {size};\n{REALM}{VALUES}{CALLS}");
            // A script takes what it can of the values, each from another one on.
            let _ = write!(
                code,
                "const held = receivers(SIZE), f = functions[{index}][1];
                for (let round = {index}; ; round++) {{
                    let value;
                    try {{ value = values[round * 7 % values.length][1]() }} catch {{ continue }}
                    call(f, value, held);
                }}"
            );
            (format!("function {index}"), code)
        });
        attack(&gateway, limit, scripts.collect()).await;
    });
}

#[test]
fn what_took_too_long_once() {
    let limit = Duration::from_secs(2);
    tests::run_for_long(async {
        let gateway = gateway(limit).await;
        let scripts: Vec<_> = scripts().map(|(name, code)| (name.to_owned(), code.to_owned())).collect();
        assert!(scripts.len() > 40, "the scripts are read");
        attack(&gateway, limit, scripts).await;
    });
}

/// What asks before it begins, by what it is likely to take, ends at any limit: nothing takes so much more that it is
/// ended with its instance.
#[test]
fn wherever_the_limit_falls() {
    const ASKING_BEFORE: [&str; 3] = ["normal forms", "comparing texts", "sorting"];
    tests::run_for_long(async {
        for limit_ms in [700, 1_100, 1_500, 1_900] {
            let limit = Duration::from_millis(limit_ms);
            let asking = scripts().filter(|(name, _)| ASKING_BEFORE.iter().any(|part| name.contains(part)));
            let asking: Vec<_> = asking.map(|(name, code)| (name.to_owned(), code.to_owned())).collect();
            assert!(asking.len() > 8, "the scripts are found");
            attack(&gateway(limit).await, limit, asking).await;
        }
    });
}

/// Six of the worst at once hold up nobody who asks whether the gateway is there.
#[test]
fn health_is_told_meanwhile() {
    const WORST: [&str; 6] = [
        "a byte sought from the back",
        "quotients",
        "filling with numbers",
        "sorting texts",
        "powers of big integers",
        "a pattern of classes",
    ];
    tests::run_for_long(async {
        let gateway = gateway(Duration::from_secs(2)).await;
        let running: Vec<_> = scripts()
            .filter(|(name, _)| WORST.contains(name))
            .map(|(_, code)| {
                let client = gateway.client();
                tokio::spawn(async move { client.execute(code).await.error_kind().to_owned() })
            })
            .collect();
        assert_eq!(running.len(), WORST.len());
        let mut waits = Vec::new();
        while !running.iter().all(tokio::task::JoinHandle::is_finished) {
            let asked = Instant::now();
            assert_eq!(gateway.client().send("GET", "/healthz", &[], "").await.status, 200);
            waits.push(asked.elapsed());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for run in running {
            assert_eq!(run.await.expect("a run"), "compute");
        }
        // The machine may do other things for a while, so one in ten may be late.
        waits.sort();
        assert!(waits.len() > 20, "it was asked while they ran");
        let late = waits[waits.len() * 9 / 10];
        assert!(late <= Duration::from_millis(100), "{late:?}");
    });
}

/// Code of which reading alone takes long.
#[test]
fn code_that_is_hard_to_compile() {
    let limit = Duration::from_secs(1);
    let long = |part: fn(usize) -> String| -> String {
        let mut code = String::new();
        (0..)
            .map(part)
            .take_while(|part| {
                code.push_str(part);
                code.len() < 200_000
            })
            .for_each(drop);
        code
    };
    let scripts = [
        ("declarations", long(|i| format!("let v{i};"))),
        ("names that are used", long(|i| format!("let v{i} = 0; v{i}++;"))),
        ("variables of a script", long(|i| format!("var v{i};"))),
        ("names in a pattern", format!("const {{{}}} = {{}}", long(|i| format!("k{i},")))),
        ("parameters", format!("function f({}) {{}}", long(|i| format!("p{i},")))),
        ("captured variables", long(|i| format!("let v{i} = 0; () => v{i};"))),
        ("private fields", format!("class A {{ {} }}", long(|i| format!("#p{i} = 1;")))),
        (
            "private fields that are used",
            format!("class A {{ {} }}", long(|i| format!("#p{i}; m{i}() {{ this.#p{i} }}"))),
        ),
        ("properties", format!("({{{}}})", long(|i| format!("k{i}: 1,")))),
        ("blocks", long(|i| format!("{{ let b{i}; }}"))),
        ("labels", long(|i| format!("l{i}: for (;;) {{ break l{i} }}"))),
        ("cases", format!("switch (1) {{ {} }}", long(|i| format!("case {i}:")))),
        ("functions", long(|i| format!("function f{i}() {{}}"))),
        ("sequences of characters in a class", format!("/[{}]/v", "\\p{RGI_Emoji}".repeat(2000))),
        ("classes of characters", format!("/[{}]/u", "\\p{L}".repeat(6000))),
        ("a class of many characters", format!("/[{}]/iu", long(|i| format!("\\u{:04x}", 256 + i * 7919 % 50_000)))),
        ("repetitions", format!("/{}/", "(?:a{1,100}){1,100}".repeat(500))),
        ("digits", "1".repeat(200_000)),
        ("digits of a BigInt", format!("{}n", "1".repeat(39_000))),
    ];
    tests::run_for_long(async {
        let gateway = gateway(limit).await;
        for (name, code) in scripts {
            let ended = end_of(&gateway, limit, (name, &code), |_| true).await;
            assert_eq!(ended, Ok(()));
        }
        assert_eq!(*gateway.client().execute("return 1").await.value(), json!(1), "after all of them");
    });
}
