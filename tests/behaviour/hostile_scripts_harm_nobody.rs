//! Every script in `hostile/` ends in time, as its first line says, and leaves the gateway and its memory as before.
//!
//! The first line of each is `// ends: ` and how it may end: `value`, or kinds of error.

use std::time::{Duration, Instant};

use serde_json::json;
use tests::client::Client;
use tests::gateway::Gateway;
use tests::project;
use tests::upstream::{Canned, CannedTool, Reply, servers};

/// Milliseconds of compute.
const COMPUTE: u64 = 150;

/// How much later than that a script may end, on a machine that does other things too.
const MARGIN: Duration = Duration::from_millis(1_500);

/// By how much the memory of the process may have grown at the end, with the instances that are kept warm.
const GROWTH_BYTES: u64 = 256 << 20;

struct Hostile {
    name: String,
    code: String,
    ends: Vec<String>,
}

fn scripts() -> Vec<Hostile> {
    let folder = project::path("tests/behaviour/hostile");
    let mut scripts: Vec<Hostile> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let code = std::fs::read_to_string(&path).expect("a script");
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let first = code.lines().next().and_then(|line| line.strip_prefix("// ends: "));
            let ends = first.unwrap_or_else(|| panic!("{name} does not say how it ends"));
            Hostile { ends: ends.split(' ').map(str::to_owned).collect(), name, code }
        })
        .collect();
    scripts.sort_by(|a, b| a.name.cmp(&b.name));
    scripts
}

/// Runs a script, and says how it ended.
async fn end_of(client: Client, script: &Hostile) -> (String, Duration) {
    let run = client.execute(&script.code).await;
    let end = if run.call_result["isError"] == true { run.error_kind() } else { "value" };
    (end.to_owned(), run.took)
}

/// Calls a tool and computes a little, which must go as if nothing had been before.
async fn is_healthy(client: Client) -> bool {
    let honest = "const got = await tools.up.echo({ n: [1, 2] }); return got.n.map((n) => n + 1)";
    let run = client.execute(honest).await;
    run.call_result["isError"] != true && *run.value() == json!([2, 3]) && run.member("logs") == &json!([])
}

/// Bytes of memory that this process, which the gateway runs in, has in use.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1_024
}

async fn start() -> (Canned, Gateway) {
    let upstream = Canned::start([CannedTool::new("echo", Reply::Arguments)]).await;
    let urls = servers([("up", upstream.url())]);
    let compute = COMPUTE.to_string();
    let variables = [
        ("servers", urls.as_str()),
        ("run_compute", &compute),
        ("run_memory", "16777216"),
        ("run_timeout", "5000"),
        ("run_calls", "20"),
    ];
    let gateway = Gateway::start_with(&variables).await;
    (upstream, gateway)
}

#[test]
fn there_are_enough_of_them() {
    assert!(scripts().len() >= 60, "{}", scripts().len());
}

#[test]
fn each_ends_in_time_and_the_next_honest_one_works() {
    tests::run(async {
        let (_upstream, gateway) = start().await;
        assert!(is_healthy(gateway.client()).await);
        let mut problems = Vec::new();
        for script in scripts() {
            let (end, took) = end_of(gateway.client(), &script).await;
            if !script.ends.contains(&end) {
                problems.push(format!("{} ends with {end}, not {}", script.name, script.ends.join(" or ")));
            }
            if took > Duration::from_millis(COMPUTE) + MARGIN {
                problems.push(format!("{} takes {took:?}", script.name));
            }
            if !is_healthy(gateway.client()).await {
                problems.push(format!("{} does harm to the next one", script.name));
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    });
}

#[test]
fn honest_scripts_beside_them_are_served() {
    tests::run(async {
        let (_upstream, gateway) = start().await;
        let client = gateway.client();
        let hostile = tokio::spawn(async move {
            for script in scripts().into_iter().step_by(7) {
                end_of(client, &script).await;
            }
        });
        let mut slowest = Duration::ZERO;
        while !hostile.is_finished() {
            let started = Instant::now();
            assert!(is_healthy(gateway.client()).await);
            slowest = slowest.max(started.elapsed());
        }
        hostile.await.expect("every hostile script is answered");
        assert!(slowest < Duration::from_millis(COMPUTE) + MARGIN, "{slowest:?}");
    });
}

#[test]
#[cfg(target_os = "linux")]
fn memory_comes_back() {
    tests::run(async {
        let (_upstream, gateway) = start().await;
        let greedy: Vec<Hostile> =
            scripts().into_iter().filter(|script| script.ends.iter().any(|end| end == "memory")).collect();
        let round = async || {
            for script in greedy.iter().step_by(3) {
                end_of(gateway.client(), script).await;
            }
            assert!(is_healthy(gateway.client()).await);
            resident_bytes()
        };
        // The first round shows what instances keep for the next ones; the others must not add to it.
        let before = round().await;
        let after = (round().await).min(round().await);
        assert!(after < before + GROWTH_BYTES, "{} MiB, and then {} MiB", before >> 20, after >> 20);
    });
}
