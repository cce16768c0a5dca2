//! Whether a body means the same to everyone who reads it. Where some tools are forbidden, one that does not could call
//! one tool for the gateway, and another one for the server: readers differ over members that stand there twice, and
//! some do not tell upper from lower case in their names.

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{collections::BTreeSet, fmt};

/// Members of a message, and of its parameters, that say what it is.
const TELLING: [&str; 5] = ["jsonrpc", "id", "method", "params", "name"];

/// Whether a body is one message, or a batch, that can be read in one way only.
pub(super) fn is_plain(body: &[u8]) -> bool {
    serde_json::from_slice::<Message>(body).is_ok()
}

/// A message or a batch of them.
struct Message;

/// The parameters of a message.
struct Params;

/// `_meta` of the parameters, which says what the message is, too.
struct Meta;

/// Which object it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Object {
    Message,
    Params,
    Meta,
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Object::Message).map(|()| Self)
    }
}

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Object::Params).map(|()| Self)
    }
}

impl<'de> Deserialize<'de> for Meta {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Object::Meta).map(|()| Self)
    }
}

impl<'de> Visitor<'de> for Object {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object whose members can be told apart")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            match (self, name.as_str()) {
                (Self::Message, "params") => members.next_value::<Params>().map(|_| ())?,
                (Self::Params, "_meta") => members.next_value::<Meta>().map(|_| ())?,
                _ => members.next_value::<IgnoredAny>().map(|_| ())?,
            }
            let folded = folded(&name);
            // Some readers stop at a NUL.
            let is_disguised = name.contains(char::is_control) || folded != name && TELLING.contains(&folded.as_str());
            if is_disguised || !seen.insert(folded) {
                return Err(A::Error::custom("two members could be taken for one another"));
            }
        }
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if self == Self::Message { Err(E::custom("a message is an object")) } else { Ok(()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut messages: A) -> Result<(), A::Error> {
        if self != Self::Message {
            return Err(A::Error::custom("parameters are an object"));
        }
        while messages.next_element::<Message>()?.is_some() {}
        Ok(())
    }
}

/// A name without the difference of upper and lower case, whatever letters readers count to it: `ſ` is an `s`.
fn folded(name: &str) -> String {
    name.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn ordinary_messages_and_batches() {
        for body in [
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"Name":1,"name":2}}}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            r#"[{"jsonrpc":"2.0","id":1,"result":{"a":1,"A":2}}, {"id":2}]"#,
            r#"{"method":"ping","params":null}"#,
            r#"{"params":{"_meta":{"a":{"name":1}},"x":1}}"#,
        ] {
            assert!(is_plain(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn not_what_can_be_read_in_two_ways() {
        for body in [
            r#"{"params":{"name":"a","name":"b"}}"#,
            r#"{"params":{"name":"a","Name":"b"}}"#,
            r#"{"params":{"n\u0061me":"a","name":"b"}}"#,
            r#"{"params":{"NAME":"b"}}"#,
            r#"{"params":{"name":"a"},"params":{"name":"b"}}"#,
            r#"{"params":{"name":"a"},"paramſ":{"name":"b"}}"#,
            r#"{"method":"ping","Method":"tools/call"}"#,
            r#"[{"method":"ping"},{"Method":"tools/call"}]"#,
            r#"{"x":1,"X":2}"#,
            r#"{"params":["a"]}"#,
            r#"{"params":{"_meta":{"a":1,"a":2}}}"#,
            r#"{"params":{"_META":{},"_meta":{}}}"#,
            r#"{"params":{"name":"a","name\u0000x":"b"}}"#,
            "\u{feff}{\"method\":\"tools/call\"}",
            "{\"method\":\"tools/call\",}",
            "",
            "7",
            "null",
        ] {
            assert!(!is_plain(body.as_bytes()), "{body}");
        }
    }
}
