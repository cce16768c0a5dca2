//! The names of a tool's parameters, without building the whole schema.

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, de};
use std::fmt;

/// More parameters than this are not indexed.
const MAX_NAMES: usize = 200;

/// The names of the `properties` of a JSON Schema given as text; none when it cannot be read.
pub fn parameter_names(schema: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Schema {
        #[serde(default)]
        properties: Names,
    }
    serde_json::from_str::<Schema>(schema).map(|schema| schema.properties.0).unwrap_or_default()
}

#[derive(Default)]
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamesVisitor)
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Names, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value::<IgnoredAny>().map_err(de::Error::custom)?;
            if names.len() < MAX_NAMES {
                names.push(name);
            }
        }
        Ok(Names(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_names_and_nothing_else() {
        let schema = r#"{"type": "object", "properties": {"path": {"type": "string"}, "head": true}, "required": 7}"#;
        assert_eq!(parameter_names(schema), ["path", "head"]);
        assert!(parameter_names(r#"{"properties": 5}"#).is_empty());
        assert!(parameter_names("{}").is_empty());
        assert!(parameter_names("no JSON").is_empty());
    }
}
