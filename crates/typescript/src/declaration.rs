//! The declaration of a tool, and of many.

use crate::comment;
use crate::from_schema::{self, Limits};
use crate::literal;
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
    body: String,
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

    fn shares_a_block_with(&self, next: &Declaration) -> bool {
        self.server == next.server && !self.stands_alone && !next.stands_alone
    }
}

/// Declarations of many tools, those of one server that follow each other in one namespace. `None` when
/// they are longer than `budget_bytes`. The advice of [`crate::UNKNOWN_RESULT`] comes first, where it applies.
pub fn declarations<'a>(
    tools: impl IntoIterator<Item = Tool<'a>>,
    detail: Detail,
    budget_bytes: usize,
) -> Option<String> {
    let mut out = String::new();
    let mut open: Option<Declaration> = None;
    let mut spent = 0;
    let mut unknown = false;
    for tool in tools {
        let declaration = Declaration::new(&tool, detail);
        unknown |= declaration.has_unknown_result;
        spent += declaration.body.len();
        if spent > budget_bytes {
            return None;
        }
        match &mut open {
            Some(before) if before.shares_a_block_with(&declaration) => before.body += &declaration.body,
            _ => out.extend(open.replace(declaration).map(|before| before.text())),
        }
    }
    out.extend(open.map(|last| last.text()));
    if unknown {
        out = format!("// {}\n{out}", crate::UNKNOWN_RESULT);
    }
    (out.len() <= budget_bytes).then_some(out)
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
        // A reserved word cannot name a function, but it can be exported as one.
        let local = if reserved { format!("{name}_") } else { name.to_string() };
        let mut out = String::new();
        print::block(&self.comment(), 2, &mut out);
        let mut taken = Vec::new();
        let arguments = names(&self.arguments, &mut taken);
        let result = names(&self.result, &mut taken);
        let argument_printer = self.printer(&local, &arguments);
        let result_printer = self.printer(&local, &result);
        let parameters = parameters(&self.arguments.root, &argument_printer.0, self.detail, 13 + local.len());
        let column = parameters.rsplit('\n').next().unwrap_or_default().len() + 25 + local.len();
        let returned = Printer { detail: self.detail, names: &result_printer.0 }.print(&self.result.root, 2, column);
        out += &format!("  function {local}({parameters}): Promise<{returned}>;\n");
        let types = [(&self.arguments, &arguments, argument_printer), (&self.result, &result, result_printer)];
        if taken.is_empty() {
            return out + &export(name, reserved, &local);
        }
        out += &format!("  namespace {local} {{\n");
        for (types, own, qualified) in types {
            let printer = Printer { detail: self.detail, names: &qualified.0 };
            for (named, own) in types.named.iter().zip(own) {
                out += &format!("    type {own} = {};\n", printer.print(&named.of, 4, 12 + own.len()));
            }
        }
        out + "  }\n" + &export(name, reserved, &local)
    }

    fn printer(&self, local: &str, names: &[String]) -> Qualified {
        Qualified(names.iter().map(|name| format!("{local}.{name}")).collect())
    }

    fn comment(&self) -> Vec<String> {
        let text = self.tool.description.filter(|text| !text.trim().is_empty()).or(self.tool.title).unwrap_or_default();
        let mut lines = match self.detail {
            Detail::Signature => vec![comment::first_sentence(text)],
            Detail::Full => comment::lines(&comment::shortened(text, MAX_DESCRIPTION)),
        };
        if let ResultSchema::Learned { note, .. } = self.tool.result {
            lines.push(format!("@returns {}", comment::one_line(note)));
        }
        lines.retain(|line| !line.is_empty() || self.detail == Detail::Full);
        lines
    }
}

/// Names as they are written outside of the tool's own namespace.
struct Qualified(Vec<String>);

fn export(name: &str, reserved: bool, local: &str) -> String {
    if reserved { format!("  export {{ {local} as {name} }};\n") } else { String::new() }
}

/// The names of named types, made different from those that are taken.
fn names(types: &Types, taken: &mut Vec<String>) -> Vec<String> {
    let mut own = Vec::new();
    for named in &types.named {
        let mut name = named.name.clone();
        let mut count = 2;
        while taken.contains(&name) {
            name = format!("{}_{count}", named.name);
            count += 1;
        }
        taken.push(name.clone());
        own.push(name);
    }
    own
}

/// `args: T`, `args?: T` where nothing is required, or nothing where there is nothing to give.
fn parameters(root: &Type, names: &[String], detail: Detail, column: usize) -> String {
    let printer = Printer { detail, names };
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
    let mark = if optional { "?" } else { "" };
    format!("args{mark}: {}", printer.print(root, 2, column + 6))
}
