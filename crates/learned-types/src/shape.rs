//! What values look like, and what two shapes have in common.

use crate::bounds::MAX_NESTING;
use crate::keys::Kind;
use crate::like;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The kinds of value that were seen in one place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shape {
    #[serde(default, skip_serializing_if = "is_false")]
    pub null: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub boolean: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub number: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub string: bool,
    /// The shape of all elements together; nothing in it when only empty arrays were seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub array: Option<Box<Shape>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Box<Object>>,
    /// A bound was reached: it can be anything.
    #[serde(default, skip_serializing_if = "is_false")]
    pub any: bool,
}

/// The objects that were seen in one place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Object {
    /// How many there were.
    pub count: u64,
    /// Properties by name, in the order in which they were first seen.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub properties: IndexMap<String, Property>,
    /// What stood under names that are data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<Box<Shape>>,
    /// All names are data, whatever they look like.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_map: bool,
}

/// A property of objects.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Property {
    /// How many of the objects had it.
    pub seen: u64,
    pub shape: Shape,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference.
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Shape {
    /// Takes in one more value.
    pub fn observe(&mut self, value: &Value) {
        self.observe_at(value, 0);
    }

    fn observe_at(&mut self, value: &Value, level: usize) {
        match value {
            Value::Null => self.null = true,
            Value::Bool(_) => self.boolean = true,
            Value::Number(_) => self.number = true,
            Value::String(_) => self.string = true,
            Value::Array(_) | Value::Object(_) if level >= MAX_NESTING => self.any = true,
            Value::Array(items) => {
                let elements = self.array.get_or_insert_default();
                items.iter().for_each(|item| elements.observe_at(item, level + 1));
            }
            Value::Object(members) => self.object.get_or_insert_default().observe_at(members, level + 1),
        }
    }

    /// Whether anything is known of the values.
    pub fn says_something(&self) -> bool {
        self.null
            || self.boolean
            || self.number
            || self.string
            || self.any
            || self.array.is_some()
            || self.object.is_some()
    }

    /// Takes in everything that another shape has seen.
    pub fn merge(&mut self, other: Shape) {
        self.null |= other.null;
        self.boolean |= other.boolean;
        self.number |= other.number;
        self.string |= other.string;
        self.any |= other.any;
        if let Some(elements) = other.array {
            self.array.get_or_insert_default().merge(*elements);
        }
        if let Some(object) = other.object {
            self.object.get_or_insert_default().merge(*object);
        }
    }
}

impl Object {
    fn observe_at(&mut self, members: &Map<String, Value>, level: usize) {
        self.count += 1;
        // Before any is kept: one that is text shows what the others are.
        if members.keys().any(|name| Kind::of(name) == Kind::Text) {
            self.become_a_map();
        }
        for (name, value) in members {
            if self.is_map || Kind::of(name) != Kind::Name {
                self.entries.get_or_insert_default().observe_at(value, level);
            } else {
                let property = self.property(name);
                property.seen += 1;
                property.shape.observe_at(value, level);
            }
        }
        self.become_a_map_if_it_is_one();
    }

    fn merge(&mut self, other: Object) {
        self.count += other.count;
        if let Some(entries) = other.entries {
            self.entries.get_or_insert_default().merge(*entries);
        }
        if other.is_map {
            self.become_a_map();
        }
        for (name, property) in other.properties {
            if self.is_map {
                self.entries.get_or_insert_default().merge(property.shape);
            } else {
                let own = self.property(&name);
                own.seen += property.seen;
                own.shape.merge(property.shape);
            }
        }
        self.become_a_map_if_it_is_one();
    }

    fn property(&mut self, name: &str) -> &mut Property {
        // Most names are known already: no copy for them.
        match self.properties.get_index_of(name) {
            Some(place) => &mut self.properties[place],
            None => self.properties.entry(name.to_string()).or_default(),
        }
    }

    pub fn become_a_map_if_it_is_one(&mut self) {
        if !self.is_map && like::is_map(self) {
            self.become_a_map();
        }
    }

    /// Gives up the names of the properties for one shape of all.
    pub fn become_a_map(&mut self) {
        self.is_map = true;
        for (_, property) in std::mem::take(&mut self.properties) {
            self.entries.get_or_insert_default().merge(property.shape);
        }
    }
}
