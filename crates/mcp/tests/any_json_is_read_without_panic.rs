use mcp::{Id, Message};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    test_runner::Config,
};
use serde_json::{Value, json};

/// Values of every kind, nested a little.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(json!("2.0")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((".{0,8}", inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Objects with the members of JSON-RPC messages, which hold anything.
fn envelope() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("id"),
        Just("method"),
        Just("params"),
        Just("result"),
        Just("error"),
        Just("code"),
        Just("message"),
    ];
    let error = (any::<i64>(), ".{0,8}", value())
        .prop_map(|(code, message, data)| json!({"code": code, "message": message, "data": data}));
    let held = prop_oneof![value(), Just(json!({})), Just(json!("ping")), Just(json!(7)), error];
    (vec((name, held), 0..6), prop_oneof![4 => Just(json!("2.0")), 1 => value()]).prop_map(|(members, version)| {
        let mut fields: serde_json::Map<_, _> =
            members.into_iter().map(|(name, held)| (name.to_string(), held)).collect();
        fields.insert("jsonrpc".to_string(), version);
        Value::Object(fields)
    })
}

fn written(message: Message) -> Value {
    match message {
        Message::Request(request) => Value::from(&request),
        Message::Notification(notification) => Value::from(&notification),
        Message::Response(response) => Value::from(response),
    }
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn what_is_refused_keeps_the_id_that_it_has(value in prop_oneof![value(), envelope()]) {
        let id = Id::read(&value["id"]);
        if let Err(invalid) = Message::read(value) {
            prop_assert!(invalid.id.is_none() || invalid.id == id);
        }
    }

    #[test]
    fn what_was_read_is_written_and_read_alike(value in envelope()) {
        if let Ok(message) = Message::read(value) {
            prop_assert_eq!(Message::read(written(message.clone())).ok(), Some(message));
        }
    }
}
