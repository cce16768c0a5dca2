//! Whether JSON means the same to everyone who reads it (RFC 7493). Readers differ over members that stand there twice;
//! some do not tell upper from lower case in their names, or stop at a NUL; some take `__proto__` for more than a name.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use std::{collections::HashSet, fmt};

/// Members of a message.
const OF_MESSAGE: [&str; 6] = ["jsonrpc", "id", "method", "params", "result", "error"];

/// Members of parameters that say what a message is about.
const OF_PARAMS: [&str; 9] =
    ["_meta", "arguments", "cursor", "name", "progressToken", "requestId", "task", "taskId", "uri"];

/// Members of `_meta` that do.
const OF_META: [&str; 5] = [
    crate::meta::PROGRESS_TOKEN,
    crate::meta::PROTOCOL_VERSION,
    crate::meta::CLIENT_CAPABILITIES,
    crate::meta::SUBSCRIPTION_ID,
    crate::meta::RELATED_TASK,
];

/// Names that are more than names to some readers.
const INHERITED: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// Characters of a name that an error repeats.
const SHOWN_CHARS: usize = 40;

/// Says what could be read in two ways.
pub(super) fn check(body: &[u8]) -> Result<(), String> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    Place::Body.deserialize(&mut deserializer).and_then(|()| deserializer.end()).map_err(|error| error.to_string())
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Message,
    Params,
    Meta,
    /// What only the ends understand.
    Data,
}

impl Place {
    /// Where the value of a member stands.
    fn member(self, name: &str) -> Self {
        match (self, name) {
            (Self::Body | Self::Message, "params") => Self::Params,
            (Self::Params, "_meta") => Self::Meta,
            _ => Self::Data,
        }
    }

    /// The members that no other may be taken for.
    fn own(self) -> &'static [&'static str] {
        match self {
            Self::Body | Self::Message => &OF_MESSAGE,
            Self::Params => &OF_PARAMS,
            Self::Meta => &OF_META,
            Self::Data => &[],
        }
    }

    fn check_name(self, name: &str, seen: &mut HashSet<String>) -> Result<(), &'static str> {
        if self == Self::Data {
            return if seen.insert(name.to_string()) { Ok(()) } else { Err("stands there twice") };
        }
        let folded = folded(name);
        let is_own = self.own().contains(&name);
        if matches!(self, Self::Body | Self::Message) && !is_own {
            return Err("is none of a JSON-RPC message");
        }
        let is_disguised = !is_own && self.own().iter().any(|own| is_spelling(&folded, own));
        if is_disguised || name.contains(char::is_control) || INHERITED.contains(&name) {
            return Err("could be taken for another one");
        }
        if seen.insert(folded) { Ok(()) } else { Err("stands there twice, in one spelling or in two") }
    }

    /// What is no object can stand among data only.
    fn check_other<E: Error>(self) -> Result<(), E> {
        match self {
            Self::Body => Err(E::custom("a message is an object")),
            Self::Message => Err(E::custom("a batch has objects in it, and no batches")),
            Self::Params => Err(E::custom("\"params\" must be an object")),
            Self::Meta => Err(E::custom("\"_meta\" must be an object")),
            Self::Data => Ok(()),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Place {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON that can be read in one way only")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(Name(name)) = members.next_key()? {
            self.check_name(&name, &mut seen).map_err(|problem| {
                let shown: String = name.chars().take(SHOWN_CHARS).collect();
                A::Error::custom(format!("the member {shown:?} {problem}"))
            })?;
            members.next_value_seed(self.member(&name))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let place = match self {
            Self::Body => Self::Message,
            Self::Data => Self::Data,
            other => return other.check_other(),
        };
        while items.next_element_seed(place)?.is_some() {}
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.check_other()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.check_other()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.check_other()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.check_other()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.check_other()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.check_other()
    }
}

/// The name of a member, with its escapes undone.
#[derive(Deserialize)]
struct Name(String);

/// Whether a folded name is another spelling of a member. Some readers take `request_id` for `requestId`.
fn is_spelling(folded_name: &str, own: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>();
    letters(folded_name) == letters(&folded(own))
}

/// A name without the difference of upper and lower case, whatever letters readers count to it: `ſ` is an `s`.
fn folded(name: &str) -> String {
    name.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}
