use crate::literal;
use crate::types::{Docs, NamedType, Type};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The named types that `$ref` asks for. Every distinct target gets one; `inline` later takes back those
/// that need no name.
pub(super) struct References<'a> {
    root: &'a Value,
    root_name: &'a str,
    /// Schema, level of nesting at which it was first met, and the name it would like.
    targets: Vec<(&'a Value, usize, String)>,
    known: HashMap<String, Option<usize>>,
    anchors: Option<HashMap<&'a str, &'a Value>>,
}

impl<'a> References<'a> {
    pub(super) fn new(root: &'a Value, root_name: &'a str) -> Self {
        References { root, root_name, targets: Vec::new(), known: HashMap::new(), anchors: None }
    }

    pub(super) fn root(&self) -> &'a Value {
        self.root
    }

    /// The schema of a named type, and the level at which it is to be converted.
    pub(super) fn target(&self, index: usize) -> Option<(&'a Value, usize)> {
        self.targets.get(index).map(|(schema, level, _)| (*schema, level + 1))
    }

    /// The type that a reference means: `unknown` where it leads out of the document or nowhere.
    pub(super) fn reference(&mut self, reference: &str, level: usize) -> Type {
        if let Some(known) = self.known.get(reference) {
            return known.map_or(Type::Unknown, Type::Named);
        }
        let found = self.resolve(reference).map(|schema| {
            // Different spellings of one place share its type.
            let same = self.targets.iter().position(|(target, ..)| std::ptr::eq(*target, schema));
            same.unwrap_or_else(|| {
                self.targets.push((schema, level, self.wished_name(reference)));
                self.targets.len() - 1
            })
        });
        self.known.insert(reference.to_string(), found);
        found.map_or(Type::Unknown, Type::Named)
    }

    fn resolve(&mut self, reference: &str) -> Option<&'a Value> {
        let fragment = match reference.split_once('#') {
            Some((base, fragment)) if base.is_empty() || self.is_root_id(base) => fragment,
            None if self.is_root_id(reference) => "",
            _ => return None,
        };
        let fragment = percent_decoded(fragment);
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.pointer(&fragment);
        }
        let root = self.root;
        let anchors = self.anchors.get_or_insert_with(|| {
            let mut found = HashMap::new();
            collect_anchors(root, &mut found);
            found
        });
        anchors.get(fragment.as_str()).copied()
    }

    fn is_root_id(&self, base: &str) -> bool {
        self.root.get("$id").and_then(Value::as_str).is_some_and(|id| id.trim_end_matches('#') == base)
    }

    fn wished_name(&self, reference: &str) -> String {
        let last = reference.rsplit(['/', '#']).next().unwrap_or_default();
        literal::type_name(if last.is_empty() { self.root_name } else { last })
    }

    /// The named types with their bodies, each with a name of its own.
    pub(super) fn named(&self, bodies: Vec<(Type, Docs)>) -> Vec<NamedType> {
        let mut taken = HashSet::new();
        let wished = self.targets.iter().map(|(_, _, name)| name);
        wished
            .zip(bodies)
            .map(|(wished, (of, docs))| {
                let mut name = wished.clone();
                let mut count = 2;
                while !taken.insert(name.clone()) {
                    name = format!("{wished}_{count}");
                    count += 1;
                }
                NamedType { name, of, docs }
            })
            .collect()
    }
}

fn collect_anchors<'a>(schema: &'a Value, found: &mut HashMap<&'a str, &'a Value>) {
    match schema {
        Value::Object(members) => {
            for keyword in ["$anchor", "$dynamicAnchor"] {
                if let Some(Value::String(name)) = members.get(keyword) {
                    found.entry(name).or_insert(schema);
                }
            }
            members.values().for_each(|member| collect_anchors(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_anchors(item, found)),
        _ => {}
    }
}

/// RFC 3986, section 2.1; what is no escape stays.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
