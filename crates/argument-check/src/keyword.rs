//! A compiled schema: nodes that refer to each other by number, so that recursive schemas need no cycles.

use crate::pattern::Pattern;
use serde_json::{Number, Value};

/// The place of a node in its schema.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NodeId(pub usize);

/// A schema resource (JSON Schema Core 4.3.5): the root, and each subschema with an `$id`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ResourceId(pub usize);

/// One schema object.
pub(crate) struct Node {
    pub resource: ResourceId,
    /// `null` is left to the server: OpenAPI 3.0 writes `nullable` where JSON Schema has the type `null`.
    pub nullable: bool,
    /// Whether keywords ask what others have evaluated.
    pub unevaluated: bool,
    /// In the order in which they are checked.
    pub keywords: Box<[Keyword]>,
}

impl Node {
    /// Whether this is the schema `false`.
    pub fn is_never(&self) -> bool {
        matches!(*self.keywords, [Keyword::Never])
    }
}

/// Types of JSON, as a set of bits.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Types(pub u8);

impl Types {
    const NAMES: [(&str, &str); 7] = [
        ("string", "a string"),
        ("number", "a number"),
        ("integer", "an integer"),
        ("boolean", "a boolean"),
        ("array", "an array"),
        ("object", "an object"),
        ("null", "null"),
    ];

    /// The type that a schema calls `name`.
    pub fn named(name: &str) -> Option<Types> {
        Self::NAMES.iter().position(|(known, _)| *known == name).map(|bit| Types(1 << bit))
    }

    /// All types of a value: an integer is a number too.
    pub fn of(value: &Value) -> Types {
        Types(match value {
            Value::String(_) => 1,
            Value::Number(number) if crate::number::is_integer(number) => 0b110,
            Value::Number(_) => 0b10,
            Value::Bool(_) => 1 << 3,
            Value::Array(_) => 1 << 4,
            Value::Object(_) => 1 << 5,
            Value::Null => 1 << 6,
        })
    }

    pub fn meets(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }

    pub fn with(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    /// `a string`, `an integer`, …
    pub fn described(self) -> impl Iterator<Item = &'static str> {
        let shown = if self.0 & 0b110 == 0b110 { self.0 & !0b100 } else { self.0 };
        Self::NAMES.iter().enumerate().filter(move |(bit, _)| shown & (1 << bit) != 0).map(|(_, (_, text))| *text)
    }
}

/// What a size is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unit {
    /// Unicode code points.
    Characters,
    Items,
    Properties,
}

pub(crate) type Names = Box<[Box<str>]>;

/// One assertion or applicator, or several that only make sense together.
pub(crate) enum Keyword {
    /// The schema `false`.
    Never,
    /// Something that cannot be checked.
    Unknown,
    /// `enum`, `const`
    OneOfValues(Box<[Value]>),
    Type(Types),
    /// `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`
    Bound {
        limit: Number,
        upper: bool,
        exclusive: bool,
    },
    MultipleOf(Number),
    /// `minLength`, `maxLength`, `minItems`, `maxItems`, `minProperties`, `maxProperties`
    Size {
        unit: Unit,
        limit: u64,
        upper: bool,
    },
    Pattern(Pattern),
    /// `prefixItems` and `items`, or `items` and `additionalItems`
    Items {
        prefix: Box<[NodeId]>,
        rest: Option<NodeId>,
    },
    Contains {
        node: NodeId,
        min: u64,
        max: Option<u64>,
    },
    UniqueItems,
    Properties {
        /// Sorted by name.
        named: Box<[(Box<str>, NodeId)]>,
        patterns: Box<[(Pattern, NodeId)]>,
        additional: Option<NodeId>,
    },
    PropertyNames(NodeId),
    Required(Names),
    DependentRequired(Box<[(Box<str>, Names)]>),
    DependentSchemas(Box<[(Box<str>, NodeId)]>),
    AllOf(Box<[NodeId]>),
    AnyOf(Box<[NodeId]>),
    OneOf(Box<[NodeId]>),
    Not(NodeId),
    If {
        condition: NodeId,
        then: Option<NodeId>,
        otherwise: Option<NodeId>,
    },
    Ref(NodeId),
    DynamicRef {
        /// Where the reference leads when nothing outside overrides it.
        lexical: NodeId,
        /// The number of the anchor's name.
        anchor: usize,
    },
    UnevaluatedItems(NodeId),
    UnevaluatedProperties(NodeId),
}
