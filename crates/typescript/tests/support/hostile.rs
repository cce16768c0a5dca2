//! Tools as a hostile or careless server would send them.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

/// Texts that end comments, strings, lines, types or blocks, direct the compiler, or mean something to
/// JavaScript objects.
const TEXTS: [&str; 34] = [
    "",
    " ",
    "*/",
    "*/ } declare const pwned: 1; /*",
    "/**",
    "//",
    "\n",
    "\r\n * @deprecated",
    "\"",
    "'",
    "`${x}`",
    "\\",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{0}",
    "\u{feff}",
    "😀",
    "a\u{301}",
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "@ts-expect-error",
    "@ts-ignore",
    "@ts-nocheck",
    "-1",
    "0",
    "a b",
    "a-b",
    "a.b",
    "/// <reference path=\"/etc/passwd\" />",
    "key: string]: never; [x",
];

/// Words that TypeScript keeps for itself, or that name its types.
const WORDS: &[&str] = &[
    "Args",
    "Promise",
    "Record",
    "Result",
    "abstract",
    "accessor",
    "any",
    "args",
    "arguments",
    "as",
    "asserts",
    "async",
    "await",
    "bigint",
    "boolean",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "declare",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "get",
    "globalThis",
    "if",
    "implements",
    "import",
    "in",
    "infer",
    "instanceof",
    "interface",
    "intrinsic",
    "is",
    "keyof",
    "let",
    "module",
    "namespace",
    "never",
    "new",
    "null",
    "number",
    "object",
    "of",
    "out",
    "package",
    "private",
    "protected",
    "public",
    "readonly",
    "return",
    "satisfies",
    "set",
    "static",
    "string",
    "super",
    "switch",
    "symbol",
    "this",
    "throw",
    "tools",
    "true",
    "try",
    "type",
    "typeof",
    "undefined",
    "unique",
    "unknown",
    "using",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "null", "object", "array"];

/// A text of a server: a name, a description, a key, a pattern.
pub fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![select(&TEXTS[..]), select(WORDS)].prop_map(str::to_string);
    prop_oneof![
        4 => piece.clone(),
        2 => prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat()),
        3 => "[a-z_]{1,6}",
        1 => any::<String>(),
    ]
}

/// Any JSON value, small.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..3).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// A reference into the schema, out of it, or nowhere.
fn reference() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("#".to_string()),
        "#/\\$defs/[abc]",
        "#/properties/[abc]",
        Just("#anchor".to_string()),
        Just("https://example.com/schema.json".to_string()),
        text().prop_map(|text| format!("#/$defs/{text}")),
        text(),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[abc]", 2 => text()]
}

fn type_name() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => select(&TYPES[..]).prop_map(Value::from),
        2 => prop::collection::vec(select(&TYPES[..]), 0..3).prop_map(Value::from),
        1 => value(),
    ]
}

/// One keyword with a value that fits it, most of the time.
fn keyword(schema: BoxedStrategy<Value>) -> impl Strategy<Value = (String, Value)> {
    let schemas = || prop::collection::vec(schema.clone(), 0..4).prop_map(Value::from);
    let members = || {
        let named = prop::collection::vec((name(), schema.clone()), 0..4);
        named.prop_map(|members| members.into_iter().collect::<Map<_, _>>()).prop_map(Value::from)
    };
    let with = |keyword: &'static str| Just(keyword.to_string());
    prop_oneof![
        6 => (with("type"), type_name()),
        6 => (with("properties"), members()),
        2 => (select(&["$defs", "definitions", "patternProperties"][..]).prop_map(str::to_string), members()),
        3 => (select(&["anyOf", "oneOf", "allOf", "prefixItems"][..]).prop_map(str::to_string), schemas()),
        3 => (select(&["items", "additionalProperties", "additionalItems"][..]).prop_map(str::to_string), schema.clone()),
        1 => (with("items"), schemas()),
        2 => (with("$ref"), reference().prop_map(Value::from)),
        2 => (with("required"), prop::collection::vec(name(), 0..4).prop_map(Value::from)),
        2 => (with("enum"), prop::collection::vec(value(), 0..4).prop_map(Value::from)),
        1 => (with("const"), value()),
        2 => (select(&["description", "title", "format", "pattern"][..]).prop_map(str::to_string), text().prop_map(Value::from)),
        2 => (select(&["default", "examples", "minimum", "minItems", "maxItems", "nullable"][..]).prop_map(str::to_string), value()),
        1 => (with("minItems"), (0_u64..4).prop_map(Value::from)),
        1 => (with("propertyNames"), prop::collection::vec(name(), 0..4).prop_map(|names| json!({"enum": names}))),
        1 => (with("$anchor"), Just(json!("anchor"))),
        1 => (text(), value()),
    ]
}

/// Any schema, most of the time with keywords that fit.
pub fn schema() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        6 => type_name().prop_map(|name| json!({"type": name})),
        2 => reference().prop_map(|reference| json!({"$ref": reference})),
        1 => any::<bool>().prop_map(Value::from),
        1 => value(),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop::collection::vec(keyword(inner), 1..5).prop_map(|keywords| keywords.into_iter().collect())
    })
    .boxed()
}

/// A tool with a name, descriptions and schemas of any kind.
pub fn tool() -> impl Strategy<Value = Value> {
    let result = prop_oneof![
        Just(None),
        schema().prop_map(|schema| Some(("outputSchema", schema))),
        prop::collection::vec(value(), 0..4).prop_map(|results| Some(("results", json!(results)))),
    ];
    (name(), text(), text(), schema(), result).prop_map(|(name, title, description, input_schema, result)| {
        let mut tool = json!({"name": name, "title": title, "description": description, "inputSchema": input_schema});
        if let Some((key, value)) = result {
            tool[key] = value;
        }
        tool
    })
}

/// Tools that are the same on every run.
pub fn generated(count: usize) -> Vec<Value> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let tool = tool();
    (0..count).map(|_| tool.new_tree(&mut runner).expect("nothing is filtered out").current()).collect()
}

/// Tools made by hand: each word and text in every place, and schemas that are too wide, deep or circular.
pub fn made() -> Vec<Value> {
    let mut tools = Vec::new();
    for text in TEXTS.iter().chain(WORDS) {
        tools.push(json!({"name": text, "description": text, "inputSchema": {
            "type": "object",
            "properties": {*text: {"type": "string", "description": text, "format": text, "pattern": text, "default": text},
                           "literal": {"enum": [text, "other"], "description": format!("first\n{text}\nlast {text}")},
                           "node": {"$ref": format!("#/$defs/{}", text.replace('~', "~0").replace('/', "~1"))}},
            "required": [text],
            "$defs": {*text: {"type": "object", "properties": {*text: {"$ref": "#"}, "list": {"type": "array", "items": {"$ref": "#"}}}}},
        }, "outputSchema": {"$ref": "#/$defs/x", "$defs": {"x": {"type": "object", "properties": {*text: {"$ref": "#/$defs/x"}}}}}}));
    }
    tools.extend([
        json!({"name": "no_json", "inputSchema": "{"}),
        json!({"name": "no_schema", "inputSchema": 7}),
        json!({"name": "lone_surrogates", "inputSchema": r#"{"type": "object", "properties": {"\ud800": {"const": "\udc00"}}}"#}),
        json!({"name": "deep_text", "inputSchema": r#"{"properties":{"a":"#.repeat(500) + "{}" + &"}}".repeat(500)}),
        json!({"name": "deep_any_of", "inputSchema": r#"{"anyOf":[{"type":"null"},"#.repeat(500) + "{}" + &"]}".repeat(500)}),
        json!({"name": "wide", "inputSchema": wide(10_000)}),
        json!({"name": "wide_enum", "inputSchema": {"type": "object", "properties": {"a": {"enum": (0..10_000).collect::<Vec<_>>()}}}}),
        json!({"name": "wide_text_enum", "inputSchema": {"type": "object", "properties": {"a": {"enum": (0..400).map(|n| format!("value {n}")).collect::<Vec<_>>()}}}}),
        json!({"name": "wide_tuple", "inputSchema": {"type": "object", "properties": {"a": {"prefixItems": vec![json!({"type": "string"}); 20_000]}}}}),
        json!({"name": "combinations", "inputSchema": combinations(60, 5)}),
        json!({"name": "named_combinations", "inputSchema": named_combinations(60, 5)}),
        json!({"name": "chain", "inputSchema": chain(400)}),
        json!({"name": "doubling", "inputSchema": doubling(40)}),
        json!({"name": "same_names", "inputSchema": same_names(500)}),
        json!({"name": "long_names", "description": "word ".repeat(20_000), "inputSchema": {"properties": {"x".repeat(100_000): {}}, "required": ["y".repeat(100_000)]}}),
        json!({"name": "circles", "inputSchema": {"type": "object", "properties": {
            "self": {"$ref": "#/$defs/self"}, "one": {"$ref": "#/$defs/one"}, "two": {"$ref": "#/$defs/two"}, "map": {"$ref": "#/$defs/map"}, "all": {"$ref": "#/$defs/all"}},
            "$defs": {
                "self": {"$ref": "#/$defs/self"},
                "one": {"anyOf": [{"$ref": "#/$defs/two"}, {"type": "string"}]},
                "two": {"oneOf": [{"$ref": "#/$defs/one"}, {"type": "object", "properties": {"x": {"$ref": "#/$defs/two"}}}]},
                "map": {"additionalProperties": {"$ref": "#/$defs/map"}},
                "all": {"allOf": [{"$ref": "#/$defs/all"}, {"properties": {"x": {"$ref": "#/$defs/all"}}}]}}}}),
    ]);
    tools
}

fn wide(count: usize) -> Value {
    let properties =
        (0..count).map(|n| (format!("property {n}"), json!({"type": "string", "description": "It is one."})));
    json!({"type": "object", "properties": properties.collect::<Map<_, _>>(), "required": ["property 9999", "missing"]})
}

/// An intersection of unions: `tsc` multiplies them out.
fn combinations(wide: usize, many: usize) -> Value {
    let union = |of: usize| -> Vec<Value> {
        (0..wide)
            .map(|n| json!({"properties": {format!("p{of}_{n}"): {"const": n}}, "required": [format!("p{of}_{n}")]}))
            .collect()
    };
    json!({"allOf": (0..many).map(|of| json!({"anyOf": union(of)})).collect::<Vec<_>>()})
}

fn named_combinations(wide: usize, many: usize) -> Value {
    let Value::Object(mut schema) = combinations(wide, many) else { unreachable!("it is an object") };
    let unions = schema.remove("allOf").unwrap_or_default();
    json!({"allOf": (0..many).map(|n| json!({"$ref": format!("#/$defs/{n}")})).collect::<Vec<_>>(),
           "properties": {"again": {"$ref": "#/$defs/0"}},
           "$defs": unions.as_array().into_iter().flatten().enumerate().map(|(n, union)| (n.to_string(), union.clone())).collect::<Map<_, _>>()})
}

/// Definitions that each need the next.
fn chain(length: usize) -> Value {
    let definition = |n: usize| {
        (n.to_string(), json!({"type": "object", "properties": {"next": {"$ref": format!("#/$defs/{}", n + 1)}}}))
    };
    json!({"$ref": "#/$defs/0", "$defs": (0..length).map(definition).collect::<Map<_, _>>()})
}

/// Definitions that each need the next twice: two to the power of `length` when they are written out.
fn doubling(length: usize) -> Value {
    let next = |n: usize| json!({"$ref": format!("#/$defs/{}", n + 1)});
    let definition =
        |n: usize| (n.to_string(), json!({"type": "object", "properties": {"one": next(n), "other": next(n)}}));
    json!({"$ref": "#/$defs/0", "$defs": (0..length).map(definition).collect::<Map<_, _>>()})
}

/// Recursive definitions whose references all end in the same name.
fn same_names(count: usize) -> Value {
    let place = |n: usize| format!("#/$defs/{n}/properties/x");
    let definition = |n: usize| {
        (
            n.to_string(),
            json!({"properties": {"x": {"type": "object", "properties": {"y": {"$ref": place(n)}, "z": {"$ref": place(n + 1)}}}}}),
        )
    };
    json!({"$ref": "#/$defs/0", "$defs": (0..count).map(definition).collect::<Map<_, _>>()})
}
