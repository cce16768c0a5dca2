//! The declaration of a tool.

use crate::comment;
use crate::from_schema::{self, Limits};
use crate::jsdoc;
use crate::literal::{self, Names};
use crate::print::{self, Printer};
use crate::schema_text;
use crate::types::{Type, Types};
use serde_json::Value;

/// Characters of a tool's description in full detail.
pub const MAX_DESCRIPTION: usize = 8_000;

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
    /// arguments and `unknown` for the result.
    pub fn new(tool: &Tool, detail: Detail) -> Self {
        let limits = limits(detail);
        let arguments = match schema_text::read(tool.input_schema) {
            Some(schema) => from_schema::types(&schema, "Args", limits),
            None => Types { root: Type::record(Type::Unknown), named: Vec::new() },
        };
        let result = match tool.result {
            ResultSchema::Unknown => None,
            ResultSchema::Declared(text) => schema_text::read(text).map(|it| from_schema::types(&it, "Result", limits)),
            ResultSchema::Learned { schema, .. } => Some(from_schema::types(schema, "Result", limits)),
        };
        let result = result.unwrap_or(Types { root: Type::Unknown, named: Vec::new() });
        let has_unknown_result = result.root == Type::Unknown;
        let body = Body { tool, detail, arguments, result }.print();
        let stands_alone = literal::is_reserved(tool.name);
        Declaration { body, server: tool.server.to_string(), stands_alone, has_unknown_result }
    }

    /// The declaration by itself.
    pub fn text(&self) -> String {
        format!("declare namespace tools.{} {{\n{}}}\n", self.server, self.body)
    }

    pub(crate) fn shares_a_block_with(&self, next: &Declaration) -> bool {
        self.server == next.server && !self.stands_alone && !next.stands_alone
    }
}

fn limits(detail: Detail) -> Limits {
    match detail {
        Detail::Signature => Limits { nodes: 400, properties: 100, literals: 60 },
        Detail::Full => Limits { nodes: 4_000, properties: 500, literals: 500 },
    }
}

struct Body<'a> {
    tool: &'a Tool<'a>,
    detail: Detail,
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
        out += &parameters(&self.arguments.root, &arguments, print::column(&out));
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

/// `args: T`, `args?: T` where nothing is required, or nothing where there is nothing to give.
fn parameters(root: &Type, printer: &Printer, column: usize) -> String {
    let open_record = Type::record(Type::Unknown);
    let (root, optional) = match root {
        Type::Object(object) if object.properties.is_empty() && object.omitted == 0 => match object.index.as_deref() {
            None | Some(Type::Never) => return String::new(),
            Some(_) => (root, true),
        },
        Type::Object(object) => (root, object.properties.iter().all(|property| property.optional)),
        Type::Named(_) | Type::Union(_) | Type::Intersection(_) => (root, false),
        // No object, so no arguments of MCP.
        _ => (&open_record, true),
    };
    let head = if optional { "args?: " } else { "args: " };
    format!("{head}{}", printer.print(root, 2, column + head.len()))
}
