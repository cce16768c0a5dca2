//! What programs write, with everything that they keep in their files for themselves.

use crate::support::memory::Memory;
use crate::support::send_json;
use crate::support::server::revealed;
use http::{Method, StatusCode};
use serde_json::Value;

/// Imports a file, and checks the outcome of each server and what is told about it.
fn import(file: &str, expected: &[(&str, &str, &[&str])], beside: &[&str]) -> Memory {
    let memory = Memory::default();
    let document: Value = serde_json::from_str(file).expect("a file is JSON");
    let report = send_json(&memory, Method::POST, "/import", &[], &document);
    assert_eq!(report.status, StatusCode::OK, "{}", report.text);
    let outcomes = report.body["servers"].as_array().expect("outcomes");
    assert_eq!(outcomes.len(), expected.len(), "{}", report.text);
    for (outcome, (alias, word, told)) in outcomes.iter().zip(expected) {
        assert_eq!((outcome["alias"].as_str(), outcome["outcome"].as_str()), (Some(*alias), Some(*word)), "{outcome}");
        for part in *told {
            assert!(outcome.to_string().contains(part), "{part} in {outcome}");
        }
        assert_eq!(outcome.get("notes").is_some() || outcome.get("reason").is_some(), !told.is_empty(), "{outcome}");
    }
    let notes = report.body["notes"].to_string();
    assert!(beside.iter().all(|name| notes.contains(name)) && (notes == "null") == beside.is_empty(), "{notes}");
    memory
}

#[test]
fn claude_desktop() {
    let expected: &[(&str, &str, &[&str])] =
        &[("filesystem", "skipped", &["command", "proxy"]), ("linear", "skipped", &["command"])];
    import(include_str!("../fixtures/claude-desktop.json"), expected, &["globalShortcut", "preferences"]);
}

#[test]
fn claude_code() {
    let memory = import(
        include_str!("../fixtures/claude-code.json"),
        &[
            ("notion", "created", &["timeout", "600000", "120000"]),
            ("slack", "created", &["oauth"]),
            ("asana", "skipped", &["Streamable HTTP"]),
            ("internal", "failed", &["/url", "write the value"]),
            ("database", "skipped", &["command"]),
        ],
        &[],
    );
    let stored = memory.servers.borrow();
    assert_eq!(stored["notion"].input.timeout_ms, 120_000);
    assert_eq!(revealed(&stored["notion"].input.headers["authorization"]), "Bearer ntn_example");
}

#[test]
fn cursor() {
    let memory = import(
        include_str!("../fixtures/cursor.json"),
        &[
            ("docs", "created", &["\\\"env\\\""]),
            ("crm", "created", &["\\\"auth\\\" is left out", "\\\"headers\\\""]),
            ("waiting", "failed", &["/headers/Authorization"]),
            ("python", "skipped", &["command"]),
        ],
        &[],
    );
    assert_eq!(revealed(&memory.servers.borrow()["docs"].input.headers["api_key"]), "value");
}

#[test]
fn visual_studio_code() {
    import(
        include_str!("../fixtures/visual-studio-code.json"),
        &[
            ("github", "created", &["gallery", "version"]),
            ("maps", "failed", &["/headers/Authorization"]),
            ("io.github.example/playwright", "failed", &["alias", "Rename"]),
            ("playwright", "skipped", &["command"]),
        ],
        &["inputs"],
    );
}

#[test]
fn windsurf() {
    let memory = import(
        include_str!("../fixtures/windsurf.json"),
        &[("figma", "created", &["disabledTools", "alwaysAllow"]), ("memory", "skipped", &["command"])],
        &[],
    );
    let stored = &memory.servers.borrow()["figma"].input;
    assert_eq!((stored.url.as_str(), stored.enabled), ("https://figma.example.com/mcp", false));
}

#[test]
fn cline() {
    let expected: &[(&str, &str, &[&str])] =
        &[("search", "created", &["autoApprove", "60 milliseconds are less than 100"])];
    let memory = import(include_str!("../fixtures/cline.json"), expected, &[]);
    assert_eq!(memory.servers.borrow()["search"].input.timeout_ms, 25_000);
}

#[test]
fn the_coding_agent_of_github() {
    let expected: &[(&str, &str, &[&str])] =
        &[("sentry", "created", &["\\\"tools\\\" is left out"]), ("local", "skipped", &["command"])];
    import(include_str!("../fixtures/copilot-coding-agent.json"), expected, &[]);
}
