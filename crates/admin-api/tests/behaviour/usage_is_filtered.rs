use crate::support::memory::Memory;
use crate::support::send;
use http::Method;
use serde_json::json;

#[test]
fn filters_reach_the_counters() {
    let memory = Memory::default();
    for (query, count) in [
        ("", 6),
        ("?from=2026-01-02", 4),
        ("?to=2026-01-02", 4),
        ("?from=2026-01-02&to=2026-01-02", 2),
        ("?from=2026-01-03&to=2026-01-01", 0),
        ("?key=operator", 3),
        ("?key=(other)&server=(unknown)", 0),
        ("?tool=write&server=github", 3),
        ("?server=other", 0),
    ] {
        let answer = send(&memory, Method::GET, &format!("/usage{query}"), &[]);
        assert_eq!(answer.body["items"].as_array().map(Vec::len), Some(count), "{query}");
    }
    assert_eq!(
        send(&memory, Method::GET, "/usage?limit=1", &[]).body["items"],
        json!([{"day": "2026-01-01", "key": "abcdefgh2345", "server": "github", "tool": "write", "calls": 1,
            "failures": 1, "durationMs": 250, "longestMs": 250, "sentBytes": 100, "receivedBytes": 2000}])
    );
}
