//! From the keywords of one schema object to what is checked.

use super::{Compiler, Unusable};
use crate::{
    keyword::{Keyword, Names, NodeId, ResourceId, Types, Unit},
    pattern::Pattern,
};
use serde_json::{Map, Number, Value};

type Object = Map<String, Value>;

const SCHEMAS: &str = "a list of schemas";
const SCHEMA_MAP: &str = "an object of schemas";
const NAME_LIST: &str = "a list of names";

/// When the first keywords do not fit, nothing else is worth saying; what others have evaluated is known at the end.
fn in_order(keywords: &mut [Keyword]) {
    let rank = |keyword: &Keyword| match keyword {
        Keyword::OneOfValues(_) => 0,
        Keyword::Type(_) => 1,
        Keyword::Required(_) => 2,
        Keyword::UnevaluatedItems(_) | Keyword::UnevaluatedProperties(_) => 4,
        _ => 3,
    };
    // There are few, and insertion keeps the order of equal ones with little code.
    for end in 1..keywords.len() {
        for at in (1..=end).rev() {
            if rank(&keywords[at - 1]) <= rank(&keywords[at]) {
                break;
            }
            keywords.swap(at - 1, at);
        }
    }
}

impl<'a> Compiler<'a> {
    pub(super) fn keywords(&mut self, schema: &'a Object, resource: ResourceId) -> Result<Vec<Keyword>, Unusable> {
        let mut found = Vec::new();
        if self.resources.ref_stands_alone(resource) && schema.contains_key("$ref") {
            self.reference("$ref", &schema["$ref"], resource, &mut found)?;
            return Ok(found);
        }
        let (mut items, mut properties) = (false, false);
        for (name, value) in schema {
            match name.as_str() {
                "$ref" | "$dynamicRef" | "$recursiveRef" => {
                    self.reference(name, value, resource, &mut found)?;
                }
                "items" | "prefixItems" | "additionalItems" => items = true,
                "properties" | "patternProperties" | "additionalProperties" => properties = true,
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                    found.extend(bound(name, value, schema)?);
                }
                "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
                    found.push(size(name, count(name, value)?));
                }
                "type" => found.push(Keyword::Type(types(value)?)),
                "enum" => found.push(Keyword::OneOfValues(list("enum", value, "a list of values")?.clone().into())),
                "const" => found.push(Keyword::OneOfValues(Box::new([value.clone()]))),
                "pattern" => {
                    let source = value.as_str().ok_or_else(|| malformed("pattern", "a string"))?;
                    found.push(Keyword::Pattern(Pattern::compile(source, &mut self.pattern_bytes)));
                }
                "uniqueItems" => {
                    let unique = value.as_bool().ok_or_else(|| malformed("uniqueItems", "a boolean"))?;
                    found.extend(unique.then_some(Keyword::UniqueItems));
                }
                "required" => found.push(Keyword::Required(names("required", value)?)),
                "contains" => found.push(self.contains(value, schema)?),
                "propertyNames" => found.push(Keyword::PropertyNames(self.node(value))),
                "dependentRequired" | "dependentSchemas" | "dependencies" => {
                    found.extend(self.dependent(name, value)?);
                }
                "allOf" => found.push(Keyword::AllOf(self.nodes("allOf", value)?)),
                "anyOf" => found.push(Keyword::AnyOf(self.nodes("anyOf", value)?)),
                "oneOf" => found.push(Keyword::OneOf(self.nodes("oneOf", value)?)),
                "not" => found.push(Keyword::Not(self.node(value))),
                "if" => found.push(Keyword::If {
                    condition: self.node(value),
                    then: schema.get("then").map(|then| self.node(then)),
                    otherwise: schema.get("else").map(|otherwise| self.node(otherwise)),
                }),
                "unevaluatedItems" => found.push(Keyword::UnevaluatedItems(self.node(value))),
                "unevaluatedProperties" => found.push(Keyword::UnevaluatedProperties(self.node(value))),
                _ => {}
            }
        }
        if items {
            found.push(self.items(schema)?);
        }
        if properties {
            found.push(self.properties(schema)?);
        }
        in_order(&mut found);
        Ok(found)
    }

    fn nodes(&mut self, keyword: &str, value: &'a Value) -> Result<Box<[NodeId]>, Unusable> {
        Ok(list(keyword, value, SCHEMAS)?.iter().map(|place| self.node(place)).collect())
    }

    /// A `$recursiveRef` of 2019-09 is followed without its dynamic part.
    fn reference(
        &mut self,
        keyword: &str,
        value: &'a Value,
        resource: ResourceId,
        found: &mut Vec<Keyword>,
    ) -> Result<(), Unusable> {
        let reference = value.as_str().ok_or_else(|| malformed(keyword, "a string"))?;
        found.push(match self.resources.find(resource, reference) {
            None => Keyword::Unknown,
            Some((place, Some(name))) if keyword == "$dynamicRef" => {
                Keyword::DynamicRef { lexical: self.node(place), anchor: self.anchor(name) }
            }
            Some((place, _)) => Keyword::Ref(self.node(place)),
        });
        Ok(())
    }

    /// `items` may be a list up to 2019-09, with `additionalItems` for the rest.
    fn items(&mut self, schema: &'a Object) -> Result<Keyword, Unusable> {
        let (prefix, rest) = match (schema.get("prefixItems"), schema.get("items")) {
            (None, Some(list @ Value::Array(_))) => (self.nodes("items", list)?, schema.get("additionalItems")),
            (Some(prefix), rest) => (self.nodes("prefixItems", prefix)?, rest),
            (None, rest) => (Box::default(), rest),
        };
        Ok(Keyword::Items { prefix, rest: rest.map(|rest| self.node(rest)) })
    }

    fn contains(&mut self, value: &'a Value, schema: &'a Object) -> Result<Keyword, Unusable> {
        let limit = |keyword| schema.get(keyword).map(|value| count(keyword, value)).transpose();
        let (min, max) = (limit("minContains")?.unwrap_or(1), limit("maxContains")?);
        Ok(Keyword::Contains { node: self.node(value), min, max })
    }

    fn properties(&mut self, schema: &'a Object) -> Result<Keyword, Unusable> {
        let mut named = Vec::new();
        for (name, place) in optional_object("properties", schema)? {
            named.push((Box::<str>::from(name.as_str()), self.node(place)));
        }
        named.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut patterns = Vec::new();
        for (source, place) in optional_object("patternProperties", schema)? {
            patterns.push((Pattern::compile(source, &mut self.pattern_bytes), self.node(place)));
        }
        let additional = schema.get("additionalProperties").map(|place| self.node(place));
        Ok(Keyword::Properties { named: named.into(), patterns: patterns.into(), additional })
    }

    /// `dependencies` is both others in one.
    fn dependent(&mut self, keyword: &str, value: &'a Value) -> Result<Vec<Keyword>, Unusable> {
        let (mut required, mut schemas) = (Vec::new(), Vec::new());
        for (name, value) in value.as_object().ok_or_else(|| malformed(keyword, "an object"))? {
            let is_list = keyword == "dependentRequired" || (keyword == "dependencies" && value.is_array());
            if is_list {
                required.push((Box::<str>::from(name.as_str()), names(keyword, value)?));
            } else {
                schemas.push((Box::<str>::from(name.as_str()), self.node(value)));
            }
        }
        Ok(vec![Keyword::DependentRequired(required.into()), Keyword::DependentSchemas(schemas.into())])
    }
}

fn malformed(keyword: &str, expected: &'static str) -> Unusable {
    Unusable::Keyword { keyword: keyword.to_string(), expected }
}

/// Not empty: nothing would fit, which nobody means.
fn list<'a>(keyword: &str, value: &'a Value, expected: &'static str) -> Result<&'a Vec<Value>, Unusable> {
    value.as_array().filter(|list| !list.is_empty()).ok_or_else(|| malformed(keyword, expected))
}

fn optional_object<'a>(
    keyword: &str,
    schema: &'a Object,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, Unusable> {
    let object =
        schema.get(keyword).map(|value| value.as_object().ok_or_else(|| malformed(keyword, SCHEMA_MAP))).transpose()?;
    Ok(object.into_iter().flatten())
}

fn names(keyword: &str, value: &Value) -> Result<Names, Unusable> {
    let list = value.as_array().ok_or_else(|| malformed(keyword, NAME_LIST))?;
    list.iter().map(|name| name.as_str().map(Box::from).ok_or_else(|| malformed(keyword, NAME_LIST))).collect()
}

fn types(value: &Value) -> Result<Types, Unusable> {
    let named =
        |value: &Value| value.as_str().and_then(Types::named).ok_or_else(|| malformed("type", "the name of a type"));
    match value {
        Value::Array(_) => list("type", value, "a list of types")?
            .iter()
            .try_fold(Types::default(), |types, value| Ok(types.with(named(value)?))),
        _ => named(value),
    }
}

/// A count may be written as `2.0`.
fn count(keyword: &str, value: &Value) -> Result<u64, Unusable> {
    let whole = value.as_f64().filter(|count| *count >= 0.0 && count.fract() == 0.0).map(|count| count as u64);
    value.as_u64().or(whole).ok_or_else(|| malformed(keyword, "a count"))
}

fn size(keyword: &str, limit: u64) -> Keyword {
    let unit = if keyword.ends_with("Length") {
        Unit::Characters
    } else if keyword.ends_with("Items") {
        Unit::Items
    } else {
        Unit::Properties
    };
    Keyword::Size { unit, limit, upper: keyword.starts_with("max") }
}

/// In draft-04 and OpenAPI 3.0, `exclusiveMinimum` is a boolean that changes what `minimum` means.
fn bound(keyword: &str, value: &Value, schema: &Object) -> Result<Option<Keyword>, Unusable> {
    let number = |value: &Value| -> Result<Number, Unusable> {
        value.as_number().cloned().ok_or_else(|| malformed(keyword, "a number"))
    };
    let is_true = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
    Ok(Some(match keyword {
        "multipleOf" => {
            let step = number(value).ok().filter(|step| step.as_f64() > Some(0.0));
            Keyword::MultipleOf(step.ok_or_else(|| malformed(keyword, "a number above 0"))?)
        }
        "minimum" => Keyword::Bound { limit: number(value)?, upper: false, exclusive: is_true("exclusiveMinimum") },
        "maximum" => Keyword::Bound { limit: number(value)?, upper: true, exclusive: is_true("exclusiveMaximum") },
        _ if value.is_boolean() => return Ok(None),
        _ => Keyword::Bound { limit: number(value)?, upper: keyword == "exclusiveMaximum", exclusive: true },
    }))
}
