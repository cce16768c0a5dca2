//! Claude Code connects to the gateway.

use std::process::Command;

use tests::driver::output;
use tests::gateway::Gateway;
use tests::project;
use tests::skip::skip;
use tests::upstream::{Stopwatch, servers};

#[test]
fn claude_mcp_list_shows_it() {
    let claude = project::path("tests/clients/claude-code/node_modules/.bin/claude");
    let works = Command::new(&claude).arg("--version").output().is_ok_and(|output| output.status.success());
    if !works {
        skip("claude_mcp_list_shows_it", "Claude Code is not installed; `scripts/setup clients` says why");
        return;
    }
    tests::run(async {
        let upstream = Stopwatch::start().await;
        let gateway = Gateway::start(&servers([("stopwatch", upstream.url())])).await;
        let home = tempfile::tempdir().expect("a temporary folder");
        let claude = |arguments: &[&str]| {
            let mut command = Command::new(&claude);
            command
                .args(arguments)
                .current_dir(home.path())
                .env("HOME", home.path())
                .env_remove("CLAUDE_CONFIG_DIR")
                .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
            command
        };

        for (name, path) in [("bobbin", ""), ("one", "/stopwatch")] {
            let url = gateway.url() + path;
            let added = output(claude(&["mcp", "add", "--transport", "http", name, &url])).await;
            assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        }
        let listed = output(claude(&["mcp", "list"])).await;

        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        for name in ["bobbin:", "one:"] {
            let line = listed.lines().find(|line| line.starts_with(name)).expect("a line for each endpoint");
            assert!(line.contains("✔ Connected"), "{listed}");
        }
    });
}
