//! What is read strictly has one meaning, for lenient readers too; the rest is refused.

use mcp::{
    Id, Message,
    strict::{Body, MAX_BATCH_MESSAGES, MAX_ID_BYTES, read_strictly},
};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn what_clients_send_is_read() {
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"Name":1,"name":2,"__proto__":3}}}"#,
        r#" { "params" : { } , "method" : "tools\/list" , "id" : "a\u0062" , "jsonrpc" : "2.0" } "#,
        r#"{"jsonrpc":"2.0","id":-9007199254740991,"method":"x-vendor.com/Do_it:now"}"#,
        r#"{"jsonrpc":"2.0","id":"","method":"initialize","params":{"_meta":{"progressToken":7,"io.modelcontextprotocol/protocolVersion":"2026-07-28","a":1,"b":{"a":1}}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a","reason":"r"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":0,"progress":0.5}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/x-vendor"}"#,
        r#"{"jsonrpc":"2.0","id":3,"result":{"name":"n","Name":"m"}}"#,
        r#"{"jsonrpc":"2.0","id":4,"error":{"code":-1,"message":"m","data":[null,1e300,{"a":"\ud83d\ude00"}]}}"#,
    ] {
        let read = read_strictly(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"));
        assert!(matches!(read, Body::Single(_)), "{body}");
    }
    let batch = r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"}]"#;
    let Ok(Body::Batch(messages)) = read_strictly(batch.as_bytes()) else { panic!("a batch") };
    assert!(matches!(messages.as_slice(), [Message::Request(_), Message::Notification(_)]));
}

#[test]
fn what_can_be_read_in_two_ways_is_not() {
    let call = |rest: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call",{rest}}}"#);
    let method = |method: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":{method},"params":{{"name":"a"}}}}"#);
    let mut bodies = vec![
        call(r#""params":{"name":"a","name":"b"}"#),
        call(r#""params":{"name":"a","Name":"b"}"#),
        call(r#""params":{"n\u0061me":"a","name":"b"}"#),
        call(r#""params":{"NAME":"b"}"#),
        call(r#""params":{"name ":"b"}"#),
        call(r#""params":{"name\u200b":"b"}"#),
        call(r#""params":{"name\u0000x":"b"}"#),
        call(r#""params":{"__proto__":{"name":"b"}}"#),
        call(r#""params":{"\u005f_proto__":{"name":"b"}}"#),
        call(r#""params":{"name":"a","request_id":1}"#),
        call(r#""params":{"name":"a","meta":{}}"#),
        call(r#""params":{"_META":{}}"#),
        call(r#""params":{"_meta":{"a":1,"a":2}}"#),
        call(r#""params":{"_meta":{"progress_token":1}}"#),
        call(r#""params":{"_meta":{"progressToken":1.5}}"#),
        call(r#""params":{"_meta":{"progressToken":[1]}}"#),
        call(r#""params":{"_meta":[]}"#),
        call(r#""params":{"name":"a","arguments":{"a":1,"a":2}}"#),
        call(r#""params":{"name":"a","arguments":[{"a":{"b":1,"\u0062":2}}]}"#),
        call(r#""params":{"name":"a"},"params":{"name":"b"}"#),
        call(r#""params":{"name":"a"},"Params":{"name":"b"}"#),
        call(r#""params":{"name":"a"},"paramſ":{"name":"b"}"#),
        call(r#""params":{"name":"a"},"x":1"#),
        call(r#""params":{"name":"a"},"__proto__":{}"#),
        call(r#""params":{"name":"a"},"result":{}"#),
        call(r#""params":{"name":"a"},"error":null"#),
        call(r#""params":{"name":"\ud800"}"#),
        call(r#""params":["a"]"#),
        call(r#""params":"a""#),
        call(r#""params":null"#),
        call(r#""params":{"x":NaN}"#),
        call(r#""params":{"x":1e999}"#),
        call(r#""params":{} /* "#),
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a"}}"#.to_string(),
        r#"{"jsonrpc":"2.0","id":1,"method":"notifications/cancelled","params":{"requestId":1}}"#.to_string(),
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":[1]}}"#.to_string(),
        r#"{"jsonrpc":"2.0","method":"Notifications/Cancelled","params":{"requestId":1}}"#.to_string(),
        r#"{"id":1,"method":"ping"}"#.to_string(),
        r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#.to_string(),
        r#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#.to_string(),
        r#"{"jsonrpc":"2.0","id":1}"#.to_string(),
        r#"{"jsonrpc":"2.0","result":{}}"#.to_string(),
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}"#.to_string(),
        r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"m"}}"#.to_string(),
        r#"{"jsonrpc":"2.0","id":1,"result":{},"params":{}}"#.to_string(),
        r#"{"jsonrpc":"2.0","id":1,"result":7}"#.to_string(),
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m","method":"tools/call"}}"#.to_string(),
        r#"{"jsonrpc":"2.0","id":1,"method":"ping"} {}"#.to_string(),
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\0".to_string(),
        "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}".to_string(),
        "[]".to_string(),
        "[[]]".to_string(),
        r#"[[{"jsonrpc":"2.0","id":1,"method":"ping"}]]"#.to_string(),
        r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},7]"#.to_string(),
        String::new(),
        "7".to_string(),
        "null".to_string(),
        "\"ping\"".to_string(),
    ];
    for odd in ["null", "true", "{}", "[1]", "1.5", "1e2", "9007199254740992", "1e400", "-9007199254740992"] {
        bodies.push(format!(r#"{{"jsonrpc":"2.0","id":{odd},"method":"ping"}}"#));
    }
    for odd in [
        r#"["tools/call"]"#,
        r#""tools/call\u0000x""#,
        r#""Tools/Call""#,
        r#""tools/call ""#,
        r#""tools//call""#,
        r#""/tools/call""#,
        r#""tools.call""#,
        r#""tools_call""#,
        r#""tools/call/x""#,
        r#""x/tools/call""#,
        r#""tools%2Fcall""#,
        r#""tools/cal\u006c\u0301""#,
        r#""ｔools/call""#,
        r#""TOOLS/LIST""#,
        r#""ping\n""#,
        r#""""#,
        "7",
        "null",
        "{}",
    ] {
        bodies.push(method(odd));
    }
    bodies.push(method(&format!("\"{}\"", "x".repeat(129))));
    for body in &bodies {
        assert!(read_strictly(body.as_bytes()).is_err(), "{body}");
    }
    assert!(read_strictly(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"x\":\"\xff\"}}").is_err());
}

#[test]
fn its_bounds_have_numbers() {
    let with_id = |length: usize| format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "x".repeat(length));
    assert!(read_strictly(with_id(MAX_ID_BYTES).as_bytes()).is_ok());
    assert!(read_strictly(with_id(MAX_ID_BYTES + 1).as_bytes()).is_err());
    let batch = |length: usize| json!(vec![json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}); length]).to_string();
    assert!(read_strictly(batch(MAX_BATCH_MESSAGES).as_bytes()).is_ok());
    assert!(read_strictly(batch(MAX_BATCH_MESSAGES + 1).as_bytes()).is_err());
}

#[test]
fn an_error_says_which_member_and_keeps_the_id() {
    let body = r#"{"jsonrpc":"2.0","id":5,"method":"ping","params":{"x":1},"params":{}}"#;
    let error = read_strictly(body.as_bytes()).expect_err("two members");
    assert!(error.error.message.contains("the member \"params\" stands there twice"), "{error}");
    let error = read_strictly(br#"{"jsonrpc":"2.0","id":5,"method":["ping"]}"#).expect_err("no method");
    assert_eq!((error.id, error.error.code), (Some(Id::from(5)), -32_600));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = read_strictly(&body);
    }
}
