//! Settings that cannot be taken are refused with a JSON pointer to each problem and a word on what to do.

use client_keys::{KeySettings, MAX_NAME_CHARS, MAX_RATE_PER_MINUTE, MAX_SERVERS, NewKey, RANDOM_BYTES, Role};
use serde_json::{Value, json};

fn problems(value: &Value) -> Vec<(String, String)> {
    let error = KeySettings::from_json(value).expect_err("a problem");
    error.problems.into_iter().map(|problem| (problem.pointer, problem.detail)).collect()
}

#[test]
fn each_problem_is_pointed_at() {
    for (member, value, pointer, detail) in [
        ("name", json!(""), "/name", "1 to 100 characters"),
        ("name", json!(null), "/name", "1 to 100 characters"),
        ("name", json!(7), "/name", "a text"),
        ("name", json!(" \t "), "/name", "1 to 100"),
        ("name", json!("a\nb"), "/name", "control characters"),
        ("name", json!("x".repeat(MAX_NAME_CHARS + 1)), "/name", "1 to 100"),
        ("name", json!(format!(" {}", "x".repeat(MAX_NAME_CHARS))), "/name", "1 to 100"),
        ("role", json!("admin"), "/role", "\"use\" or \"manage\""),
        ("role", json!({"manage": null}), "/role", "\"use\" or \"manage\""),
        ("expiresAt", json!("tomorrow"), "/expiresAt", "RFC 3339"),
        ("expiresAt", json!(1_800_000_000), "/expiresAt", "2030-01-31T12:00:00Z"),
        ("servers", json!("files"), "/servers", "leave it out for all servers"),
        ("servers", json!(vec!["a"; MAX_SERVERS + 1]), "/servers", "at most 200"),
        ("servers", json!(["a", ""]), "/servers/1", "the alias of a server"),
        ("servers", json!(["a", "b", 3]), "/servers/2", "the alias of a server"),
        ("servers", json!(["*"]), "/servers/0", "There are no patterns; leave \"servers\" out for all servers"),
        ("servers", json!(["a "]), "/servers/0", "beginning with a letter or a digit"),
        ("servers", json!(["é"]), "/servers/0", "the alias of a server"),
        ("servers", json!(["x".repeat(65)]), "/servers/0", "1 to 64"),
        ("tools", json!({"rules": [{"access": "allowed"}]}), "/tools", "/rules/0"),
        ("tools", json!([]), "/tools", "expected an object"),
        ("rateLimitPerMinute", json!(0), "/rateLimitPerMinute", "leave it out for no limit"),
        ("rateLimitPerMinute", json!(1.5), "/rateLimitPerMinute", "a whole number"),
        ("rateLimitPerMinute", json!(-1), "/rateLimitPerMinute", "from 1"),
        ("rateLimitPerMinute", json!(MAX_RATE_PER_MINUTE + 1), "/rateLimitPerMinute", "to 100000"),
        ("expires~at/x", json!(1), "/expires~0at~1x", "remove it. A key has the members name, role, expiresAt"),
        ("id", json!("abc"), "/id", "unknown"),
    ] {
        let mut settings = json!({"name": "fine"});
        settings[member] = value;
        let found = problems(&settings);
        assert_eq!(found.len(), 1, "{settings}: {found:?}");
        assert_eq!(found[0].0, pointer, "{settings}");
        assert!(found[0].1.contains(detail), "{detail} is not in: {}", found[0].1);
    }
    assert_eq!(problems(&json!([]))[0], (String::new(), "must be a JSON object".to_string()));
}

#[test]
fn all_problems_are_reported_at_once() {
    let settings = json!({"role": 1, "servers": 2, "nmae": "x"});
    let error = KeySettings::from_json(&settings).expect_err("problems");
    let pointers: Vec<_> = error.problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/name", "/role", "/servers", "/nmae"]);
    assert!(error.to_string().contains("; /role: must be"), "{error}");
}

#[test]
fn many_unknown_members_make_no_long_answer() {
    let mut settings = json!({"name": "fine"});
    (0..1000).for_each(|number| settings[number.to_string()] = json!(0));
    assert_eq!(problems(&settings).len(), 10);
}

#[test]
fn what_is_left_out_or_null_has_its_default() {
    let least = KeySettings::from_json(&json!({"name": " least "})).expect("settings");
    let nulls = json!({
        "name": "least", "role": null, "expiresAt": null, "servers": null, "tools": null, "rateLimitPerMinute": null
    });
    assert_eq!(KeySettings::from_json(&nulls).expect("settings"), least);
    assert_eq!((least.name(), least.role()), ("least", Role::Use));
    assert_eq!((least.expires_at_ms(), least.servers(), least.rate_limit_per_minute()), (None, None, None));
    assert!(least.tools().allows_all());
}

#[test]
fn what_is_written_is_read_alike() {
    let settings = json!({
        "name": "ü", "role": "manage", "expiresAt": "2030-01-31T14:00:00+02:00", "servers": ["b", "a", "b"],
        "tools": {"default": "blocked"}, "rateLimitPerMinute": MAX_RATE_PER_MINUTE
    });
    let settings = KeySettings::from_json(&settings).expect("settings");
    let written = serde_json::to_value(&settings).expect("JSON");
    assert_eq!(written["expiresAt"], "2030-01-31T12:00:00Z");
    assert_eq!(written["servers"], json!(["a", "b"]));
    assert_eq!(KeySettings::from_json(&written).expect("settings"), settings);
}

#[test]
fn a_new_key_expires_in_the_future() {
    let settings = KeySettings::from_json(&json!({"name": "ci", "expiresAt": "2030-01-01T00:00:00Z"}));
    let settings = settings.expect("settings");
    let expiry = settings.expires_at_ms().expect("an expiry");
    assert!(NewKey::make(settings.clone(), expiry - 1, &[0; RANDOM_BYTES]).is_ok());
    let error = NewKey::make(settings, expiry, &[0; RANDOM_BYTES]).expect_err("too late");
    assert_eq!(error.problems[0].pointer, "/expiresAt");
}
