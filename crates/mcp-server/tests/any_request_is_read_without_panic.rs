use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use mcp_server::{Received, receive};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest},
    test_runner::Config,
};
use serde_json::json;

/// Header values: sound ones, encoded ones, and any bytes that HTTP allows.
fn header_value() -> impl Strategy<Value = HeaderValue> {
    let text = prop_oneof![
        Just("application/json".to_string()),
        Just("application/json, text/event-stream".to_string()),
        Just("2026-07-28".to_string()),
        Just("tools/call".to_string()),
        Just("=?base64?YQ==?=".to_string()),
        Just("=?base64?YQ=?=".to_string()),
        Just("=?base64?/w==?=".to_string()),
        Just("=?base64?=".to_string()),
        "=\\?base64\\?[A-Za-z0-9+/=]{0,12}\\?=",
        "[ -~]{0,16}",
    ];
    prop_oneof![
        4 => text.prop_map(|text| HeaderValue::from_str(text.trim()).expect("printable ASCII")),
        1 => vec(any::<u8>(), 0..16).prop_map(|bytes| HeaderValue::from_bytes(&bytes).unwrap_or(HeaderValue::from_static(""))),
    ]
}

const NAMES: &[&str] =
    &["content-type", "accept", "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-param-x", "mcp-session-id"];

fn headers() -> impl Strategy<Value = HeaderMap> {
    vec((proptest::sample::select(NAMES), header_value()), 0..10).prop_map(|entries| {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        headers.extend(entries.into_iter().map(|(name, value)| (HeaderName::from_static(name), value)));
        headers
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let modern = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "a", "_meta": modern}});
    let piece = prop_oneof![
        Just(call.to_string()),
        Just(r#"{"jsonrpc":"2.0","id":"#.to_string()),
        Just(r#""method":"tools/call","params":{"name":7,"_meta":null}}"#.to_string()),
        Just(r#""method":"notifications/cancelled","params":{"requestId":{}}}"#.to_string()),
        Just("[".to_string()),
        Just("]".to_string()),
        Just(",".to_string()),
        ".{0,8}",
    ];
    prop_oneof![
        Just(call.to_string().into_bytes()),
        vec(piece, 0..6).prop_map(|pieces| pieces.concat().into_bytes()),
        vec(any::<u8>(), 0..64),
    ]
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn and_what_is_refused_has_a_status_that_says_so(
        method in prop_oneof![8 => Just(Method::POST), 1 => Just(Method::GET)],
        headers in headers(),
        body in body(),
    ) {
        if let Received::Done(response) = receive(&method, &headers, &body) {
            let status = response.status().as_u16();
            prop_assert!(status == 202 || (400..500).contains(&status), "{status}");
        }
    }

    #[test]
    fn a_name_that_does_not_decode_is_no_name(encoded in "[A-Za-z0-9+/=]{0,12}") {
        let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {}});
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "a", "_meta": meta}});
        let mut headers = HeaderMap::new();
        let name = format!("=?base64?{encoded}?=");
        for (key, value) in [
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", name.as_str()),
        ] {
            headers.insert(key, HeaderValue::from_str(value).expect("printable ASCII"));
        }
        let is_taken = matches!(receive(&Method::POST, &headers, call.to_string().as_bytes()), Received::Exchange(_));
        prop_assert!(is_taken == (encoded == "YQ=="), "{encoded}");
    }
}
