//! A TypeScript type, before it is printed.

use std::collections::HashSet;

/// A type expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// `unknown`
    Unknown,
    /// `unknown`, because a bound was reached and the rest was left out.
    Cut,
    /// `never`
    Never,
    /// `string`, `number`, `boolean` or `null`
    Keyword(&'static str),
    /// A literal type, as TypeScript writes it.
    Literal(String),
    /// `T[]`
    Array(Box<Type>),
    /// `[A, B?, ...C[]]`
    Tuple(Vec<Element>, Option<Box<Type>>),
    /// `{ a: A; b?: B; [key: string]: C }`
    Object(Object),
    /// `A | B`, at least two; made by [`union`].
    Union(Vec<Type>),
    /// `A & B`, at least two; made by [`intersection`].
    Intersection(Vec<Type>),
    /// A named type of the same declaration, by its place in [`Types::named`].
    Named(usize),
}

/// An element of a tuple.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Element {
    pub of: Type,
    pub optional: bool,
}

/// An object type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Object {
    pub properties: Vec<Property>,
    /// The type of properties that have no name here.
    pub index: Option<Box<Type>>,
    /// How many properties were left out.
    pub omitted: usize,
}

/// A property of an object type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Property {
    pub name: String,
    pub optional: bool,
    pub of: Type,
    pub docs: Docs,
}

/// What is said about a type in a comment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Docs {
    /// In the server's words, not yet made safe for a comment.
    pub description: Option<String>,
    /// JSDoc tags without `@`, with their text, not yet made safe either.
    pub tags: Vec<(&'static str, String)>,
}

impl Docs {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.description.is_none() && self.tags.is_empty()
    }

    /// The text of a tag.
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|(tag, _)| *tag == name).map(|(_, text)| text.as_str())
    }
}

/// The type of a schema, with the named types that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Types {
    pub root: Type,
    pub named: Vec<NamedType>,
}

/// A type with a name of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedType {
    /// An identifier, unique within the declaration.
    pub name: String,
    pub of: Type,
    pub docs: Docs,
}

impl Type {
    /// Calls `see` for every type directly inside this one.
    pub fn children(&self, see: &mut dyn FnMut(&Type)) {
        match self {
            Type::Array(item) => see(item),
            Type::Tuple(elements, rest) => {
                elements.iter().for_each(|element| see(&element.of));
                rest.iter().for_each(|rest| see(rest));
            }
            Type::Object(object) => {
                object.properties.iter().for_each(|property| see(&property.of));
                object.index.iter().for_each(|index| see(index));
            }
            Type::Union(members) | Type::Intersection(members) => members.iter().for_each(see),
            Type::Unknown | Type::Cut | Type::Never | Type::Keyword(_) | Type::Literal(_) | Type::Named(_) => {}
        }
    }

    /// Calls `change` for every type directly inside this one.
    pub fn children_mut(&mut self, change: &mut dyn FnMut(&mut Type)) {
        match self {
            Type::Array(item) => change(item),
            Type::Tuple(elements, rest) => {
                elements.iter_mut().for_each(|element| change(&mut element.of));
                rest.iter_mut().for_each(|rest| change(rest));
            }
            Type::Object(object) => {
                object.properties.iter_mut().for_each(|property| change(&mut property.of));
                object.index.iter_mut().for_each(|index| change(index));
            }
            Type::Union(members) | Type::Intersection(members) => members.iter_mut().for_each(change),
            Type::Unknown | Type::Cut | Type::Never | Type::Keyword(_) | Type::Literal(_) | Type::Named(_) => {}
        }
    }

    /// Whether a named type occurs anywhere inside.
    pub fn refers(&self) -> bool {
        let mut found = matches!(self, Type::Named(_));
        self.children(&mut |child| found = found || child.refers());
        found
    }

    /// An object type without named properties: `Record<string, T>`.
    pub fn record(of: Type) -> Type {
        Type::Object(Object { index: Some(Box::new(of)), ..Object::default() })
    }

    /// Whether this is `Record<string, unknown>`.
    pub fn is_open_record(&self) -> bool {
        matches!(self, Type::Object(object) if object.properties.is_empty() && object.index.as_deref() == Some(&Type::Unknown))
    }
}

/// `A | B | …`: flattened, each member once, `null` last.
pub fn union(members: impl IntoIterator<Item = Type>) -> Type {
    let mut seen = HashSet::new();
    let mut flat = Vec::new();
    let mut null = false;
    for member in members {
        let inner = match member {
            Type::Union(inner) => inner,
            one => vec![one],
        };
        for one in inner {
            match one {
                Type::Unknown => return Type::Unknown,
                Type::Cut => return Type::Cut,
                Type::Never => {}
                Type::Keyword("null") => null = true,
                one => {
                    if seen.insert(one.clone()) {
                        flat.push(one);
                    }
                }
            }
        }
    }
    if null {
        flat.push(Type::Keyword("null"));
    }
    match flat.len() {
        0 => Type::Never,
        1 => flat.remove(0),
        _ => Type::Union(flat),
    }
}

/// `A & B & …`: flattened, each member once, objects without an index merged into one.
pub fn intersection(members: impl IntoIterator<Item = Type>) -> Type {
    let mut flat: Vec<Type> = Vec::new();
    let mut cut = false;
    for member in members {
        let inner = match member {
            Type::Intersection(inner) => inner,
            one => vec![one],
        };
        for one in inner {
            match one {
                Type::Never => return Type::Never,
                Type::Unknown => {}
                Type::Cut => cut = true,
                one => add_to_intersection(&mut flat, one),
            }
        }
    }
    if flat.len() > 1 {
        let with_records = flat.clone();
        flat.retain(|one| !one.is_open_record());
        if flat.is_empty() || flat.iter().any(|one| matches!(one, Type::Keyword(_) | Type::Literal(_))) {
            flat = with_records;
            flat.dedup();
        }
    }
    match flat.len() {
        0 if cut => Type::Cut,
        0 => Type::Unknown,
        1 => flat.remove(0),
        _ => Type::Intersection(flat),
    }
}

fn add_to_intersection(flat: &mut Vec<Type>, one: Type) {
    if flat.contains(&one) {
        return;
    }
    if let Type::Object(added) = &one
        && added.index.is_none()
    {
        for present in flat.iter_mut() {
            if let Type::Object(object) = present
                && object.index.is_none()
            {
                merge(object, added);
                return;
            }
        }
    }
    flat.push(one);
}

/// Adds the properties of another object that must hold too.
fn merge(object: &mut Object, added: &Object) {
    object.omitted += added.omitted;
    for property in &added.properties {
        match object.properties.iter_mut().find(|present| present.name == property.name) {
            None => object.properties.push(property.clone()),
            Some(present) => {
                present.optional &= property.optional;
                present.of = intersection([present.of.clone(), property.of.clone()]);
                if present.docs.description.is_none() {
                    present.docs = property.docs.clone();
                }
            }
        }
    }
}
