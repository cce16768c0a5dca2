use crate::support::memory::Memory;
use crate::support::{send, send_json};
use http::{Method, StatusCode};
use serde_json::{Value, json};

fn names(page: &Value, member: &str) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item[member].as_str().expect("a name").to_string()).collect()
}

#[test]
fn pages_together_are_the_list() {
    let memory = Memory::default();
    let mut expected = vec!["declared".to_string()];
    for number in 0..20 {
        let alias = format!("s{number}");
        send_json(&memory, Method::PUT, &format!("/servers/{alias}"), &[], &json!({"url": "https://a.example.com"}));
        expected.push(alias);
    }
    expected.sort();
    for limit in [1, 4, 7, 20, 21, 200] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = send(&memory, Method::GET, &format!("/servers?limit={limit}{cursor}"), &[]);
            assert!(page.body["items"].as_array().expect("items").len() <= limit);
            seen.extend(names(&page.body, "alias"));
            let Some(next) = page.body["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, expected, "{limit}");
    }
}

#[test]
fn a_page_has_fifty_items_when_nobody_says() {
    let memory = Memory::default();
    for number in 0..60 {
        send_json(&memory, Method::POST, "/keys", &[], &json!({"name": format!("key {number}")}));
    }
    let first = send(&memory, Method::GET, "/keys", &[]);
    assert_eq!(first.body["items"].as_array().map(Vec::len), Some(50));
    let next = first.body["nextCursor"].as_str().expect("a cursor");
    let second = send(&memory, Method::GET, &format!("/keys?cursor={next}"), &[]);
    assert_eq!(second.body["items"].as_array().map(Vec::len), Some(10));
    assert_eq!(second.body.get("nextCursor"), None);
}

#[test]
fn every_list_has_pages() {
    let memory = Memory::default();
    for (path, member, expected) in [
        ("/servers/declared/tools", "name", ["drop", "read"]),
        ("/usage", "tool", ["write", "read"]),
        ("/health", "alias", ["declared", "zebra"]),
    ] {
        send_json(&memory, Method::PUT, "/servers/zebra", &[], &json!({"url": "https://a.example.com"}));
        let first = send(&memory, Method::GET, &format!("{path}?limit=1"), &[]);
        let next = first.body["nextCursor"].as_str().expect("a cursor");
        let second = send(&memory, Method::GET, &format!("{path}?limit=1&cursor={next}"), &[]);
        let seen: Vec<String> = names(&first.body, member).into_iter().chain(names(&second.body, member)).collect();
        assert_eq!(seen, expected, "{path}");
    }
}

#[test]
fn a_cursor_that_nobody_gave_is_some_place() {
    let memory = Memory::default();
    for cursor in ["00", "ff", "7a7a7a", &"64".repeat(512)] {
        for path in ["/servers", "/keys", "/usage", "/health", "/servers/declared/tools"] {
            let page = send(&memory, Method::GET, &format!("{path}?cursor={cursor}"), &[]);
            assert_eq!(page.status, StatusCode::OK);
        }
    }
}
