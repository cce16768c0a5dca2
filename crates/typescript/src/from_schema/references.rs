use crate::from_schema::anchors;
use crate::literal;
use crate::types::{Docs, NamedType, Type};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The named types that `$ref` asks for. Every target gets one, wherever it stands; `inline` later takes
/// back those that need no name.
pub(super) struct References<'a> {
    root: &'a Value,
    root_name: &'a str,
    /// The schemas that references lead to, by the references as they are written.
    targets: HashMap<&'a str, &'a Value>,
    /// The names that the schemas would like, by their addresses: they all live in one document.
    wishes: HashMap<*const Value, String>,
    /// The named types that were met: schema, and level of nesting at which it was first met.
    met: Vec<(&'a Value, usize)>,
    places: HashMap<*const Value, usize>,
}

impl<'a> References<'a> {
    pub(super) fn new(root: &'a Value, root_name: &'a str) -> Self {
        let mut references = References {
            root,
            root_name,
            targets: HashMap::new(),
            wishes: HashMap::new(),
            met: Vec::new(),
            places: HashMap::new(),
        };
        let mut written = HashSet::new();
        collect(root, &mut written);
        if written.is_empty() {
            return references;
        }
        let anchors = anchors::anchors(root);
        let mut written: Vec<&str> = written.into_iter().collect();
        written.sort_unstable();
        for reference in written {
            if let Some(target) = references.resolve(reference, &anchors) {
                references.targets.insert(reference, target);
                let name = references.wished_name(reference);
                references.wishes.entry(std::ptr::from_ref(target)).or_insert(name);
            }
        }
        references
    }

    pub(super) fn root(&self) -> &'a Value {
        self.root
    }

    /// The schema of a named type that was met, and the level at which it is to be converted.
    pub(super) fn met(&self, index: usize) -> Option<(&'a Value, usize)> {
        self.met.get(index).copied()
    }

    /// The type that a reference means: `unknown` where it leads out of the document or nowhere.
    pub(super) fn reference(&mut self, reference: &str, level: usize) -> Type {
        let target = self.targets.get(reference).copied();
        target.and_then(|target| self.name(target, level + 1)).unwrap_or(Type::Unknown)
    }

    /// The named type of a schema, if a reference leads to it.
    pub(super) fn name(&mut self, schema: &'a Value, level: usize) -> Option<Type> {
        let address = std::ptr::from_ref(schema);
        if !self.wishes.contains_key(&address) {
            return None;
        }
        let met = &mut self.met;
        let place = self.places.entry(address).or_insert_with(|| {
            met.push((schema, level));
            met.len() - 1
        });
        Some(Type::Named(*place))
    }

    /// The named types with their bodies, each with a name of its own.
    pub(super) fn named(&self, bodies: Vec<(Type, Docs)>) -> Vec<NamedType> {
        let wishes = self.met.iter().map(|(schema, _)| self.wishes.get(&std::ptr::from_ref(*schema)));
        let mut names = literal::Names::default();
        wishes
            .zip(bodies)
            .map(|(wish, (of, docs))| NamedType { name: names.unused(wish.map_or("", String::as_str)), of, docs })
            .collect()
    }

    fn resolve(&self, reference: &str, anchors: &HashMap<&str, &'a Value>) -> Option<&'a Value> {
        let fragment = match reference.split_once('#') {
            Some((base, fragment)) if base.is_empty() || self.is_root_id(base) => fragment,
            None if self.is_root_id(reference) => "",
            _ => return None,
        };
        let fragment = percent_decoded(fragment);
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.pointer(&fragment);
        }
        anchors.get(fragment.as_str()).copied()
    }

    fn is_root_id(&self, base: &str) -> bool {
        self.root.get("$id").and_then(Value::as_str).is_some_and(|id| id.trim_end_matches('#') == base)
    }

    fn wished_name(&self, reference: &str) -> String {
        let last = reference.rsplit(['/', '#']).next().unwrap_or_default();
        literal::type_name(if last.is_empty() { self.root_name } else { last })
    }
}

/// Every reference that is written anywhere in a document.
fn collect<'a>(schema: &'a Value, found: &mut HashSet<&'a str>) {
    match schema {
        Value::Object(members) => {
            for keyword in super::REFERENCES {
                if let Some(Value::String(reference)) = members.get(keyword) {
                    found.insert(reference);
                }
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
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
