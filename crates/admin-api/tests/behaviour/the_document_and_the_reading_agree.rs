//! What a schema allows is taken, unless the state stands against it (403, 409); what it forbids is refused (422).

use crate::support::document::Document;
use crate::support::memory::Memory;
use crate::support::{Answer, send_json};
use argument_check::Schema;
use http::Method;
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest},
    sample::select,
    test_runner::{Config, TestCaseError},
};
use serde_json::{Map, Value, json};

/// JSON of any kind, small.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        (-2_i64..200_000).prop_map(Value::from),
        Just(json!(100.5)),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null])),
        texts(&["", "a", "none", "use", "allowed", "readOnly", "2030-01-01T00:00:00Z"]),
    ]
}

fn texts(texts: &'static [&'static str]) -> impl Strategy<Value = Value> {
    select(texts).prop_map(Value::from)
}

/// Mostly this, sometimes anything.
fn mostly(strategy: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![12 => strategy, 1 => anything()]
}

/// A whole number, written as one or with a fraction of zero.
fn whole(range: std::ops::Range<u32>) -> impl Strategy<Value = Value> {
    (range, any::<bool>()).prop_map(|(number, plain)| if plain { json!(number) } else { json!(f64::from(number)) })
}

/// An object of some of these members, sometimes with one that is unknown.
fn object(members: Vec<(&'static str, proptest::strategy::BoxedStrategy<Value>)>) -> impl Strategy<Value = Value> {
    let members: Vec<_> = members
        .into_iter()
        .map(|(name, value)| {
            option::of(mostly(value)).prop_map(move |value| value.map(|value| (name.to_string(), value)))
        })
        .collect();
    let unknown = option::weighted(0.05, texts(&["x", "Alias", ""]));
    (members, unknown).prop_map(|(members, unknown)| {
        let mut object: Map<String, Value> = members.into_iter().flatten().collect();
        if let Some(Value::String(name)) = unknown {
            object.insert(name, Value::Null);
        }
        Value::Object(object)
    })
}

const TOKENS: &[&str] = &["t", "", "a b", "é", "~!", " t", "t\n"];
const URLS: &[&str] = &[
    "https://a.example.com/mcp",
    "https://a.b:8443?x=%20",
    "http://127.0.0.1:1/",
    "https://[::1]:443/a",
    "https://[]",
    "https://[E1]",
    "https://[1:2:3:4:5:6:7:8]",
    "https://[1:2:3:4:5:6:7::]",
    "https://[fe80::1%0]",
    "https://[1::2::3]",
    "https://[::]/a",
    "https://[::ffff:1.2.3.4]",
    "https://[::ffff:7f00:1]",
    "https://[12345::]",
    "https://a:0",
    "https://a:65536",
    "https://a:65535",
    "https://a:01",
    "https://a:",
    "https://u@a",
    "https://a#f",
    "https://",
    "https:///a",
    "HTTPS://a",
    "ftp://a",
    "https://a/ b",
    "https://a/é",
    "https://é",
    "https://a]",
    "a",
    "",
    "https://[::1",
    "https://[::1]x",
    "https://a:1:2",
    "https://_",
    "https://localhost",
    "https://a/\n",
    "https://a\\b",
];

fn policy() -> impl Strategy<Value = Value> {
    let access = || texts(&["allowed", "blockedInCodeMode", "blocked", "no"]).boxed();
    let rule = object(vec![
        ("name", texts(&["a", ""]).boxed()),
        ("pattern", texts(&["a*", ""]).boxed()),
        ("class", texts(&["readOnly", "notOpenWorld", "x"]).boxed()),
        ("access", access()),
    ]);
    let good_rule = access().prop_map(|access| json!({"class": "destructive", "access": access}));
    let flag = || any::<bool>().prop_map(Value::from).boxed();
    let hints = object(vec![("readOnlyHint", flag()), ("openWorldHint", flag())]);
    let annotations = btree_map("[a-z]{0,2}", mostly(hints), 0..3).prop_map(|tools| json!(tools));
    let rules = vec(mostly(prop_oneof![rule, good_rule]), 0..3).prop_map(Value::from);
    object(vec![("default", access()), ("rules", rules.boxed()), ("annotations", annotations.boxed())])
}

fn auth() -> impl Strategy<Value = Value> {
    let secret = || texts(TOKENS).boxed();
    let pem = texts(&["-----BEGIN PRIVATE KEY-----\nMC4\n-----END PRIVATE KEY-----\n", "-----BEGIN \t", "key"]);
    let any_members = object(vec![
        ("type", texts(&["none", "bearer", "oauth2ClientCredentials", "basic"]).boxed()),
        ("token", secret()),
        ("clientId", secret()),
        ("method", texts(&["client_secret_basic", "private_key_jwt", "none"]).boxed()),
        ("clientSecret", secret()),
        ("privateKey", pem.boxed()),
        ("keyId", secret()),
        ("algorithm", texts(&["RS256", "PS256", "ES256", "EdDSA", "HS256"]).boxed()),
        ("scope", texts(&["a b", "a  b", "a", "\"", "a "]).boxed()),
        ("issuer", texts(URLS).boxed()),
        ("tokenEndpoint", texts(URLS).boxed()),
    ]);
    let sound = texts(&["none", "bearer", "secret", "key"]).prop_map(|kind| match kind.as_str() {
        Some("bearer") => json!({"type": "bearer", "token": "t"}),
        Some("secret") => json!({"type": "oauth2ClientCredentials", "clientId": "c", "method": "client_secret_basic",
            "clientSecret": "s", "scope": null}),
        Some("key") => json!({"type": "oauth2ClientCredentials", "clientId": "c", "method": "private_key_jwt",
            "privateKey": "-----BEGIN X", "algorithm": "EdDSA", "keyId": null}),
        _ => json!({"type": "none"}),
    });
    // A sound one with a member more, less or different.
    (sound.boxed(), any_members, 0..3_usize).prop_map(|(mut auth, other, count)| {
        let others = other.as_object().into_iter().flatten().take(count);
        others.for_each(|(name, value)| auth[name] = value.clone());
        auth
    })
}

fn server(alias: bool) -> impl Strategy<Value = Value> {
    let names = prop_oneof![
        6 => select(&["x-api-key", "X-A", "authorization", "a~b"][..]).prop_map(str::to_string),
        1 => select(&["", "a b", "é", "host", "TE", "Mcp-Session-Id", "connection"][..]).prop_map(str::to_string),
    ];
    let values = mostly(texts(&["v", "a b", "", " a", "a\t", "é", "a\n", "\t"]));
    let headers = btree_map(names, values, 0..3).prop_map(|headers| json!(headers));
    let flag = || any::<bool>().prop_map(Value::from).boxed();
    let rest = object(vec![
        ("title", texts(&["T", "", "a\nb", "\u{7f}", "é\u{85}"]).boxed()),
        ("description", texts(&["D\n", ""]).boxed()),
        ("headers", headers.boxed()),
        ("auth", auth().boxed()),
        ("timeoutMs", whole(50..120_100).boxed()),
        ("enabled", flag()),
        ("codeMode", flag()),
        ("learnTypes", flag()),
        ("tools", policy().boxed()),
    ]);
    let url = prop_oneof![3 => Just(json!("https://a.example.com")), 2 => texts(URLS)];
    let aliases = prop_oneof![4 => Just(json!("a")), 1 => texts(&["A.b_c-1", "", "-a", "a b", "é", "a\n"])];
    (rest, option::weighted(0.95, mostly(url)), option::weighted(0.95, mostly(aliases))).prop_map(
        move |(mut server, url, given)| {
            if let Some(url) = url {
                server["url"] = url;
            }
            if let Some(given) = given.filter(|_| alias) {
                server["alias"] = given;
            }
            server
        },
    )
}

fn key() -> impl Strategy<Value = Value> {
    let rest = object(vec![
        ("role", texts(&["use", "manage", "Use"]).boxed()),
        ("expiresAt", texts(&["2099-01-01T00:00:00Z", "2001-01-01T00:00:00+01:00"]).boxed()),
        ("servers", vec(mostly(texts(&["a", "b", "", "é"])), 0..3).prop_map(Value::from).boxed()),
        ("tools", policy().boxed()),
        ("rateLimitPerMinute", whole(0..100_010).boxed()),
    ]);
    let names = mostly(texts(&["ci", " é ", "", " ", "a\nb", "\u{85}", "\u{a0}"]));
    (rest, option::weighted(0.95, names)).prop_map(|(mut key, name)| {
        if let Some(name) = name {
            key["name"] = name;
        }
        key
    })
}

/// Formats are annotations to the check, so a text that is no time is left out of what is compared.
fn has_foreign_time(body: &Value) -> bool {
    body["expiresAt"].as_str().is_some_and(|text| !text.contains('T'))
}

fn compare(schema: &Schema, body: &Value, answer: &Answer) -> Result<(), TestCaseError> {
    let problems = schema.check(body);
    let is_taken = answer.status.is_success() || matches!(answer.status.as_u16(), 403 | 409);
    prop_assert_eq!(is_taken, problems.is_empty(), "{} {} {}", body, problems, answer.text);
    prop_assert_eq!(answer.status == 422, !is_taken, "{} {}", body, answer.text);
    Ok(())
}

fn with_a_server(auth: &Value) -> Memory {
    let memory = Memory::default();
    let body = json!({"url": "https://a.example.com", "headers": {"x-api-key": "k"}, "auth": auth});
    send_json(&memory, Method::PUT, "/servers/a", &[], &body);
    memory
}

thread_local! {
    static SCHEMAS: [Schema; 5] =
        ["NewServer", "ServerInput", "ServerPatch", "KeyInput", "KeyPatch"].map(|name| Document::read().named(name));
}

/// Headers that may not be set can be removed: they are not there.
#[test]
fn about_headers_that_are_removed() {
    let memory = with_a_server(&json!({"type": "none"}));
    for (name, value, is_taken) in [
        ("x-api-key", json!(null), true),
        ("host", json!(null), true),
        ("TE", json!(null), true),
        ("host", json!("v"), false),
        ("a b", json!(null), false),
    ] {
        let body = json!({"headers": {name: value}});
        let answer = send_json(&memory, Method::PATCH, "/servers/a", &[], &body);
        assert_eq!(answer.status.is_success(), is_taken, "{body} {}", answer.text);
        SCHEMAS.with(|schemas| compare(&schemas[2], &body, &answer)).expect("they agree");
    }
}

proptest! {
    #![proptest_config(Config { cases: 2_500, failure_persistence: None, ..Config::default() })]

    #[test]
    fn about_new_servers(body in mostly(server(true))) {
        let answer = send_json(&Memory::default(), Method::POST, "/servers", &[], &body);
        SCHEMAS.with(|schemas| compare(&schemas[0], &body, &answer))?;
    }

    #[test]
    fn about_servers_that_are_replaced(body in mostly(server(false)), before in auth()) {
        let answer = send_json(&with_a_server(&before), Method::PUT, "/servers/a", &[], &body);
        SCHEMAS.with(|schemas| compare(&schemas[1], &body, &answer))?;
    }

    #[test]
    fn about_patches_of_servers(body in mostly(server(false)), before in auth()) {
        let memory = with_a_server(&before);
        if memory.servers.borrow().is_empty() {
            return Ok(());
        }
        let answer = send_json(&memory, Method::PATCH, "/servers/a", &[], &body);
        SCHEMAS.with(|schemas| compare(&schemas[2], &body, &answer))?;
    }

    #[test]
    fn about_keys(body in mostly(key())) {
        if !has_foreign_time(&body) {
            let answer = send_json(&Memory::default(), Method::POST, "/keys", &[], &body);
            SCHEMAS.with(|schemas| compare(&schemas[3], &body, &answer))?;
        }
    }

    #[test]
    fn about_patches_of_keys(body in mostly(key())) {
        if !has_foreign_time(&body) {
            let memory = Memory::default();
            let made = send_json(&memory, Method::POST, "/keys", &[], &json!({"name": "ci"}));
            let path = format!("/keys/{}", made.body["id"].as_str().expect("an id"));
            let answer = send_json(&memory, Method::PATCH, &path, &[], &body);
            SCHEMAS.with(|schemas| compare(&schemas[4], &body, &answer))?;
        }
    }
}
