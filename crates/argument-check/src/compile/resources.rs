//! What a `$ref` can lead to: resources by URI, anchors by name, and JSON Pointers. Nothing is ever fetched.

use super::uri;
use crate::keyword::ResourceId;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Keywords with one subschema, a list of them, or a map to them. `items` and `dependencies` may have several forms.
const SUBSCHEMAS: [&str; 21] = [
    "$defs",
    "definitions",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "unevaluatedProperties",
    "dependentSchemas",
    "dependencies",
    "items",
    "prefixItems",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
];

/// Of these, those with a map.
const MAPS: [&str; 6] = ["$defs", "definitions", "properties", "patternProperties", "dependentSchemas", "dependencies"];

struct Resource<'a> {
    uri: String,
    root: &'a Value,
    /// Up to draft-07, `$ref` hides all keywords beside it.
    ref_stands_alone: bool,
}

pub(super) struct Resources<'a> {
    all: Vec<Resource<'a>>,
    by_uri: HashMap<String, ResourceId>,
    anchors: HashMap<(ResourceId, &'a str), &'a Value>,
    dynamic: HashMap<&'a str, Vec<(ResourceId, &'a Value)>>,
    /// The resource of each subschema, by its address.
    around: HashMap<*const Value, ResourceId>,
}

impl<'a> Resources<'a> {
    pub fn of(schema: &'a Value) -> Self {
        let root = Resource { uri: String::new(), root: schema, ref_stands_alone: false };
        let mut resources = Resources {
            all: vec![root],
            by_uri: HashMap::from([(String::new(), ResourceId(0))]),
            anchors: HashMap::new(),
            dynamic: HashMap::new(),
            around: HashMap::new(),
        };
        resources.discover(schema, ResourceId(0));
        resources
    }

    pub fn ref_stands_alone(&self, resource: ResourceId) -> bool {
        self.all[resource.0].ref_stands_alone
    }

    /// The resource that a subschema belongs to.
    pub fn around(&self, place: &'a Value) -> ResourceId {
        self.around.get(&std::ptr::from_ref(place)).copied().unwrap_or(ResourceId(0))
    }

    pub fn dynamic_anchors(&self, name: &str) -> Vec<(ResourceId, &'a Value)> {
        self.dynamic.get(name).cloned().unwrap_or_default()
    }

    /// Where a reference leads, and the name if that is a `$dynamicAnchor`.
    pub fn find(&mut self, from: ResourceId, reference: &'a str) -> Option<(&'a Value, Option<&'a str>)> {
        let (reference, fragment) = uri::split_fragment(reference);
        let uri = uri::resolved(&self.all[from.0].uri, reference)?;
        let resource = *self.by_uri.get(&uri)?;
        let root = self.all[resource.0].root;
        if fragment.is_empty() {
            return Some((root, None));
        }
        if fragment.starts_with('/') {
            let place = root.pointer(&uri::percent_decoded(fragment))?;
            // A place that no keyword leads to becomes a schema by being referred to.
            self.discover(place, resource);
            return Some((place, None));
        }
        let place = *self.anchors.get(&(resource, fragment))?;
        let dynamic = place.get("$dynamicAnchor").and_then(Value::as_str) == Some(fragment);
        Some((place, dynamic.then_some(fragment)))
    }

    fn discover(&mut self, schema: &'a Value, resource: ResourceId) {
        let mut pending = vec![(schema, resource)];
        while let Some((place, resource)) = pending.pop() {
            if self.around.contains_key(&std::ptr::from_ref(place)) {
                continue;
            }
            let resource = match place {
                Value::Object(schema) => self.identify(place, schema, resource),
                _ => resource,
            };
            self.around.insert(place, resource);
            if let Value::Object(schema) = place {
                let found = schema.iter().filter(|(keyword, _)| SUBSCHEMAS.contains(&keyword.as_str()));
                for (keyword, value) in found {
                    match value {
                        Value::Array(list) => pending.extend(list.iter().map(|place| (place, resource))),
                        Value::Object(map) if MAPS.contains(&keyword.as_str()) => {
                            pending.extend(map.values().map(|place| (place, resource)));
                        }
                        _ => pending.push((value, resource)),
                    }
                }
            }
        }
    }

    /// Takes in `$id` and anchors; gives the resource of what is inside.
    fn identify(&mut self, place: &'a Value, schema: &'a Map<String, Value>, outer: ResourceId) -> ResourceId {
        let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
        let is_root = self.around.is_empty();
        let alone = match text("$schema") {
            Some(dialect) => ["draft-03", "draft-04", "draft-06", "draft-07"].iter().any(|old| dialect.contains(old)),
            None => self.ref_stands_alone(outer),
        };
        if is_root {
            self.all[0].ref_stands_alone = alone;
        }
        if alone && schema.contains_key("$ref") {
            return outer;
        }
        let (id, fragment) = uri::split_fragment(text("$id").unwrap_or_default());
        let mut resource = outer;
        if !id.is_empty()
            && let Some(uri) = uri::resolved(&self.all[outer.0].uri, id)
        {
            if is_root {
                self.all[0].uri.clone_from(&uri);
            } else {
                resource = ResourceId(self.all.len());
                self.all.push(Resource { uri: uri.clone(), root: place, ref_stands_alone: alone });
            }
            self.by_uri.entry(uri).or_insert(resource);
        }
        if !fragment.is_empty() {
            self.anchors.entry((resource, fragment)).or_insert(place);
        }
        for anchor in [text("$anchor"), text("$dynamicAnchor")].into_iter().flatten() {
            self.anchors.entry((resource, anchor)).or_insert(place);
        }
        if let Some(anchor) = text("$dynamicAnchor") {
            self.dynamic.entry(anchor).or_default().push((resource, place));
        }
        resource
    }
}
