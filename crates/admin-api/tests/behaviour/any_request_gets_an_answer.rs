use crate::support::memory::Memory;
use crate::support::{read, send_json};
use admin_api::answer;
use bytes::Bytes;
use futures::executor::block_on;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    sample::select,
    test_runner::Config,
};
use serde_json::json;

const PIECES: &[&str] = &[
    "servers",
    "keys",
    "declared",
    "a",
    "test",
    "refresh",
    "tools",
    "health",
    "usage",
    "import",
    "export",
    "openapi.json",
    "%2e",
    "%00",
    "%ff",
    "",
    "..",
    "ä",
];

const PARAMETERS: &[&str] = &["limit", "cursor", "from", "to", "key", "server", "tool", "limit%00", ""];

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

fn uri() -> impl Strategy<Value = String> {
    let query = vec((select(PARAMETERS), "[0-9a-f%+&=-]{0,12}"), 0..4);
    (vec(select(PIECES), 0..4), query).prop_map(|(pieces, query)| {
        let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path = pieces.join("/").replace('ä', "%C3%A4");
        format!("/api/v1/{path}?{}", query.join("&"))
    })
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![8 => select(METHODS).prop_map(str::to_string), 1 => "[A-Z!~]{1,40}"]
        .prop_map(|name| name.parse().expect("a method is a token"))
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let whole = json!({"alias": "a", "url": "https://a.example.com", "headers": {"x": "y"}, "name": "ci",
        "auth": {"type": "bearer", "token": "t"}, "tools": {"rules": []}, "mcpServers": {"b": {"url": "https://b.c"}}});
    let piece = select(
        &[
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "1e99",
            "true",
            "\"alias\"",
            "\"a\"",
            "\"url\"",
            "\"https://a.b\"",
            "\"headers\"",
            "\"auth\"",
            "\"type\"",
            "\"bearer\"",
            "\"tools\"",
            "\"mcpServers\"",
            "\"name\"",
            "\"\\ud800\"",
        ][..],
    );
    prop_oneof![
        vec(piece, 0..20).prop_map(|pieces| pieces.concat().into_bytes()),
        select(
            whole.as_object().expect("an object").iter().map(|(name, value)| json!({name: value})).collect::<Vec<_>>()
        )
        .prop_map(|body| body.to_string().into_bytes()),
        Just(whole.to_string().into_bytes()),
        vec(any::<u8>(), 0..40),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(HeaderName, HeaderValue)>> {
    let name = select(&[header::IF_MATCH, header::IF_NONE_MATCH, header::ACCEPT, header::CONTENT_TYPE][..]);
    let value = prop_oneof![
        select(&["*", "\"1-0\", W/\"2\"", "application/json", "*/*;q=0", ","][..]).prop_map(HeaderValue::from_static),
        vec(32_u8..=255, 0..12)
            .prop_map(|bytes| { HeaderValue::from_bytes(&bytes).unwrap_or(HeaderValue::from_static("\"")) }),
    ];
    vec((name, value), 0..3)
}

proptest! {
    #![proptest_config(Config { cases: 4_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn and_every_error_is_a_problem(method in method(), uri in uri(), headers in headers(), body in body()) {
        let memory = Memory::default();
        send_json(&memory, Method::PUT, "/servers/a", &[], &json!({"url": "https://a.example.com"}));
        let mut request = Request::new(Bytes::from(body));
        *request.uri_mut() = uri.parse().expect("a URI");
        *request.method_mut() = method.clone();
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers_mut().extend(headers);
        let answer = read(block_on(answer(request, &memory)));
        prop_assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
        if answer.status.is_success() || answer.status == StatusCode::NOT_MODIFIED {
            return Ok(());
        }
        prop_assert_eq!(answer.header(header::CONTENT_TYPE), "application/problem+json");
        if method != Method::HEAD {
            prop_assert!(!answer.problem().is_empty());
            prop_assert!(answer.body["detail"].as_str().is_some_and(|detail| detail.len() > 10));
        }
        prop_assert_eq!(answer.status == StatusCode::METHOD_NOT_ALLOWED, answer.headers.contains_key(header::ALLOW));
    }
}
