//! The declaration of a tool.

use crate::comment;
use crate::from_schema::{self, Limits};
use crate::jsdoc;
use crate::literal::{self, Names};
use crate::print::{self, Printer};
use crate::schema_text;
use crate::types::{Type, Types};
use serde_json::{Map, Value};

/// Characters of a tool's description in full detail.
pub const MAX_DESCRIPTION: usize = 8_000;

/// Bytes of one declaration without the line that opens its namespace, names of hostile length aside.
pub const MAX_SIGNATURE_BYTES: usize = 12 * 1024;
/// The same in full detail.
pub const MAX_FULL_BYTES: usize = 64 * 1024;

/// How much of a tool is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Types, the first sentence of the description, and short comments on parameters.
    Signature,
    /// Types, the whole description, and for parameters descriptions, defaults, formats and bounds.
    Full,
}

/// A tool to be declared.
#[derive(Debug, Clone, Copy)]
pub struct Tool<'a> {
    /// The identifier of its server, and its own (`tool_names::Scope`).
    pub server: &'a str,
    pub name: &'a str,
    /// What stands in for a missing description.
    pub title: Option<&'a str>,
    pub description: Option<&'a str>,
    /// JSON Schema, as text.
    pub input_schema: &'a str,
    pub result: ResultSchema<'a>,
}

/// What is known about the result of a tool.
#[derive(Debug, Clone, Copy)]
pub enum ResultSchema<'a> {
    /// Nothing: it is `unknown`.
    Unknown,
    /// The JSON Schema of its `outputSchema`, as text.
    Declared(&'a str),
    /// A JSON Schema made from real results, with what to say about where it comes from.
    Learned { schema: &'a Value, note: &'a str },
}

/// The declaration of one tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// What stands inside its server's namespace, indented, with a line feed at its end.
    pub(crate) body: String,
    server: String,
    /// Whether it needs a namespace block of its own: one `export { … }` hides all else in its block.
    stands_alone: bool,
    /// Whether it returns `Promise<unknown>`.
    pub has_unknown_result: bool,
}

impl Declaration {
    /// Declares a tool. What cannot be read in its schemas becomes `Record<string, unknown>` for the
    /// arguments and `unknown` for the result. What makes it too long becomes `unknown`, deepest parts first.
    pub fn new(tool: &Tool, detail: Detail) -> Self {
        let arguments = schema_text::read(tool.input_schema);
        let declared;
        let result = match tool.result {
            ResultSchema::Unknown => None,
            ResultSchema::Declared(text) => {
                declared = schema_text::read(text);
                declared.as_ref()
            }
            ResultSchema::Learned { schema, .. } => Some(schema),
        };
        let (mut limits, max_bytes) = limits(detail);
        loop {
            let body = Body {
                tool,
                detail,
                takes_nothing: arguments.as_ref().is_some_and(declares_no_properties),
                arguments: types(arguments.as_ref(), "Args", limits, Type::record(Type::Unknown)),
                result: types(result, "Result", limits, Type::Unknown),
            };
            let text = body.print();
            if text.len() <= max_bytes || limits.nodes == 0 {
                let has_unknown_result = body.result.root == Type::Unknown;
                let stands_alone = literal::is_reserved(tool.name);
                return Declaration { body: text, server: tool.server.to_string(), stands_alone, has_unknown_result };
            }
            limits.nodes /= 4;
        }
    }

    /// The declaration by itself.
    pub fn text(&self) -> String {
        format!("declare namespace tools.{} {{\n{}}}\n", self.server, self.body)
    }

    pub(crate) fn shares_a_block_with(&self, next: &Declaration) -> bool {
        self.server == next.server && !self.stands_alone && !next.stands_alone
    }
}

/// The bounds of one declaration: of its types, and of its text in bytes.
fn limits(detail: Detail) -> (Limits, usize) {
    match detail {
        Detail::Signature => (Limits { nodes: 400, properties: 100, literals: 60 }, MAX_SIGNATURE_BYTES),
        Detail::Full => (Limits { nodes: 4_000, properties: 500, literals: 500 }, MAX_FULL_BYTES),
    }
}

fn types(schema: Option<&Value>, name: &str, limits: Limits, otherwise: Type) -> Types {
    match schema {
        Some(schema) => from_schema::types(schema, name, limits),
        None => Types { root: otherwise, named: Vec::new() },
    }
}

/// Whether a schema says of its properties that there are none. It may allow others, but nobody knows any.
fn declares_no_properties(schema: &Value) -> bool {
    schema.get("properties").and_then(Value::as_object).is_some_and(Map::is_empty)
}

struct Body<'a> {
    tool: &'a Tool<'a>,
    detail: Detail,
    takes_nothing: bool,
    arguments: Types,
    result: Types,
}

impl Body<'_> {
    fn print(&self) -> String {
        let name = self.tool.name;
        let reserved = literal::is_reserved(name);
        // A reserved word cannot name a function, but a function can be exported under it.
        let local = if reserved { format!("{name}_") } else { name.to_string() };
        let mut taken = Names::default();
        let mut names = |types: &Types| -> Vec<String> {
            types.named.iter().map(|named| format!("{local}.{}", taken.unused(&named.name))).collect()
        };
        let of_arguments = names(&self.arguments);
        // A tool that takes and returns the same tree needs its types once.
        let shared = self.arguments.named == self.result.named;
        let of_result = if shared { of_arguments.clone() } else { names(&self.result) };
        let arguments = Printer { detail: self.detail, names: &of_arguments };
        let result = Printer { detail: self.detail, names: &of_result };

        let mut out = String::new();
        jsdoc::block(&self.comment(), 2, &mut out);
        out += &format!("  function {local}(");
        out += &self.parameters(&arguments, print::column(&out));
        out += "): Promise<";
        out += &result.print(&self.result.root, 2, print::column(&out));
        out += ">;\n";
        let mut types = String::new();
        arguments.print_named(&self.arguments.named, &mut types);
        if !shared {
            result.print_named(&self.result.named, &mut types);
        }
        if !types.is_empty() {
            out += &format!("  namespace {local} {{\n{types}  }}\n");
        }
        if reserved {
            out += &format!("  export {{ {local} as {name} }};\n");
        }
        out
    }

    /// `args: T`, `args?: T` where nothing is required, or nothing where there is nothing to give.
    fn parameters(&self, printer: &Printer, column: usize) -> String {
        let open_record = Type::record(Type::Unknown);
        let (root, optional) = match &self.arguments.root {
            Type::Object(object) if object.properties.is_empty() && object.omitted == 0 => {
                if object.index.as_deref() == Some(&Type::Never) || self.takes_nothing {
                    return String::new();
                }
                (&self.arguments.root, true)
            }
            root @ Type::Object(object) => (root, object.properties.iter().all(|property| property.optional)),
            root @ (Type::Named(_) | Type::Union(_) | Type::Intersection(_)) => (root, false),
            // No object, so no arguments of MCP.
            _ => (&open_record, true),
        };
        let head = if optional { "args?: " } else { "args: " };
        format!("{head}{}", printer.print(root, 2, column + head.len()))
    }

    fn comment(&self) -> Vec<String> {
        let description = self.tool.description.filter(|text| !text.trim().is_empty());
        let text = description.or(self.tool.title).unwrap_or_default();
        let mut lines = match self.detail {
            Detail::Signature => vec![comment::first_sentence(text)],
            Detail::Full => comment::lines(&comment::shortened(text, MAX_DESCRIPTION)),
        };
        if lines == [""] {
            lines.clear();
        }
        if let ResultSchema::Learned { note, .. } = self.tool.result {
            lines.push(format!("@returns {}", comment::one_line(note)));
        }
        lines
    }
}
