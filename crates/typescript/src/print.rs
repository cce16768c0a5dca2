//! Types as text: on one line where it fits, else one property to a line.

use crate::Detail;
use crate::comment;
use crate::literal;
use crate::types::{Docs, Element, Object, Property, Type};

/// Columns of a line. Longer types are broken where they can be.
const WIDTH: usize = 120;

/// Characters of a parameter's comment in a signature; a longer one is left to `full`.
const SHORT_DOC: usize = 60;

/// Characters of a parameter's description, and of a tag, in full detail.
const MAX_PROPERTY_DOC: usize = 1_000;
const MAX_TAG: usize = 200;

/// Prints the types of one declaration.
pub struct Printer<'a> {
    pub detail: Detail,
    /// The names of the declaration's named types, as they can be written in it.
    pub names: &'a [String],
}

/// Whether a type takes more characters than this on one line.
pub fn is_longer_than(of: &Type, most: usize) -> bool {
    let plain = Printer { detail: Detail::Signature, names: &[] };
    plain.flat(of).chars().nth(most).is_some()
}

impl Printer<'_> {
    /// The type, with continuation lines indented by `indent` spaces, to be put at `column`.
    pub fn print(&self, of: &Type, indent: usize, column: usize) -> String {
        if !self.must_break(of) {
            let flat = self.flat(of);
            if column + flat.chars().count() <= WIDTH {
                return flat;
            }
        }
        let inner = " ".repeat(indent + 2);
        let outer = " ".repeat(indent);
        match of {
            Type::Object(object) if !object.properties.is_empty() => {
                let mut out = String::from("{\n");
                for property in &object.properties {
                    self.doc(&property.docs, &property.name, indent + 2, &mut out);
                    let head = head(property);
                    let column = indent + 2 + head.chars().count() + 2;
                    out += &format!("{inner}{head}: {};\n", self.print(&property.of, indent + 2, column));
                }
                if let Some(index) = self.index(object) {
                    out += &format!("{inner}{index};\n");
                }
                out + &outer + "}"
            }
            Type::Array(item) if needs_parentheses(item) => format!("({})[]", self.print(item, indent, column)),
            Type::Array(item) => format!("{}[]", self.print(item, indent, column)),
            Type::Union(members) => {
                let lines = members.iter().map(|member| {
                    let member = self.in_union(member, |of| self.print(of, indent + 2, indent + 4));
                    format!("\n{inner}| {member}")
                });
                lines.collect()
            }
            Type::Intersection(members) => {
                let members = members.iter().map(|member| {
                    if matches!(member, Type::Union(_)) {
                        format!("({})", self.print(member, indent, column))
                    } else {
                        self.print(member, indent, column)
                    }
                });
                members.collect::<Vec<_>>().join(" & ")
            }
            Type::Tuple(elements, rest) => {
                let mut out = String::from("[\n");
                for element in elements {
                    let of = self.print(&element.of, indent + 2, indent + 2);
                    out += &format!("{inner}{},\n", optional(element, of));
                }
                if let Some(rest) = rest {
                    out += &format!("{inner}...{},\n", self.array_of(rest));
                }
                out + &outer + "]"
            }
            _ => self.flat(of),
        }
    }

    /// Whether there are comments inside that take lines of their own.
    fn must_break(&self, of: &Type) -> bool {
        let own = match of {
            Type::Object(object) => object.properties.iter().any(|property| self.has_long_doc(&property.docs)),
            _ => false,
        };
        let mut found = own;
        of.children(&mut |child| found = found || self.must_break(child));
        found
    }

    fn has_long_doc(&self, docs: &Docs) -> bool {
        self.detail == Detail::Full && (docs.description.is_some() || !docs.tags.is_empty())
    }

    /// The type on one line.
    fn flat(&self, of: &Type) -> String {
        match of {
            Type::Unknown => "unknown".to_string(),
            Type::Cut => "unknown /* … */".to_string(),
            Type::Never => "never".to_string(),
            Type::Keyword(name) => (*name).to_string(),
            Type::Literal(text) => text.clone(),
            Type::Named(index) => self.names.get(*index).cloned().unwrap_or_else(|| "unknown".to_string()),
            Type::Array(item) => self.array_of(item),
            Type::Tuple(elements, rest) => {
                let mut parts: Vec<String> =
                    elements.iter().map(|element| optional(element, self.flat(&element.of))).collect();
                parts.extend(rest.iter().map(|rest| format!("...{}", self.array_of(rest))));
                format!("[{}]", parts.join(", "))
            }
            Type::Object(object) => self.flat_object(object),
            Type::Union(members) => {
                members.iter().map(|member| self.in_union(member, |of| self.flat(of))).collect::<Vec<_>>().join(" | ")
            }
            Type::Intersection(members) => {
                let members = members.iter().map(|member| {
                    if matches!(member, Type::Union(_)) {
                        format!("({})", self.flat(member))
                    } else {
                        self.flat(member)
                    }
                });
                members.collect::<Vec<_>>().join(" & ")
            }
        }
    }

    fn in_union(&self, member: &Type, print: impl Fn(&Type) -> String) -> String {
        let text = print(member);
        if matches!(member, Type::Intersection(_)) { format!("({text})") } else { text }
    }

    fn array_of(&self, item: &Type) -> String {
        let flat = self.flat(item);
        if needs_parentheses(item) { format!("({flat})[]") } else { format!("{flat}[]") }
    }

    fn flat_object(&self, object: &Object) -> String {
        let index = self.index(object);
        match &object.index {
            Some(of) if object.properties.is_empty() && object.omitted == 0 && !of.refers() => {
                return format!("Record<string, {}>", self.flat(of));
            }
            _ if object.properties.is_empty() && index.is_none() => return "{}".to_string(),
            _ => {}
        }
        let properties = object.properties.iter().map(|property| {
            let doc = self.short_doc(&property.docs, &property.name);
            let doc = doc.map(|doc| format!("/** {doc} */ ")).unwrap_or_default();
            format!("{doc}{}: {}", head(property), self.flat(&property.of))
        });
        let parts: Vec<String> = properties.chain(index).collect();
        format!("{{ {} }}", parts.join("; "))
    }

    fn index(&self, object: &Object) -> Option<String> {
        if object.omitted > 0 {
            return Some(format!("/** {} more properties */ [key: string]: unknown", object.omitted));
        }
        object.index.as_ref().map(|of| format!("[key: string]: {}", self.flat(of)))
    }

    fn doc(&self, docs: &Docs, name: &str, indent: usize, out: &mut String) {
        if self.detail == Detail::Signature {
            if let Some(doc) = self.short_doc(docs, name) {
                *out += &format!("{}/** {doc} */\n", " ".repeat(indent));
            }
            return;
        }
        let description = docs.description.as_deref().map(|text| comment::shortened(text, MAX_PROPERTY_DOC));
        let mut lines = description.as_deref().map(comment::lines).unwrap_or_default();
        for (tag, text) in &docs.tags {
            let text = comment::shortened(&comment::one_line(text), MAX_TAG);
            lines.push(format!("@{tag} {text}").trim_end().to_string());
        }
        block(&lines, indent, out);
    }

    /// What a signature says of a parameter: a short description that says more than its name, or the format.
    fn short_doc(&self, docs: &Docs, name: &str) -> Option<String> {
        if self.detail == Detail::Full {
            return None;
        }
        if docs.tag("deprecated").is_some() {
            return Some("@deprecated".to_string());
        }
        let described = docs.description.as_deref().map(comment::one_line).unwrap_or_default();
        if described.chars().count() <= SHORT_DOC && says_more_than(&described, name) {
            return Some(described);
        }
        let format = docs.tag("format").map(comment::one_line)?;
        (!format.is_empty() && format.chars().count() <= SHORT_DOC).then_some(format)
    }
}

/// A comment of some lines, each indented.
pub fn block(lines: &[String], indent: usize, out: &mut String) {
    let indent = " ".repeat(indent);
    match lines {
        [] => {}
        [one] => *out += &format!("{indent}/** {one} */\n"),
        more => {
            *out += &format!("{indent}/**\n");
            for line in more {
                *out += format!("{indent} * {line}").trim_end();
                *out += "\n";
            }
            *out += &format!("{indent} */\n");
        }
    }
}

fn head(property: &Property) -> String {
    let mark = if property.optional { "?" } else { "" };
    literal::property_name(&property.name) + mark
}

fn optional(element: &Element, of: String) -> String {
    match (element.optional, needs_parentheses(&element.of)) {
        (false, _) => of,
        (true, true) => format!("({of})?"),
        (true, false) => format!("{of}?"),
    }
}

fn needs_parentheses(of: &Type) -> bool {
    matches!(of, Type::Union(_) | Type::Intersection(_))
}

/// Whether a description has a word that the name has not ("The file path" says nothing about `file_path`).
fn says_more_than(description: &str, name: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let known = name.to_lowercase();
    words(description)
        .iter()
        .any(|word| !known.contains(word.as_str()) && !matches!(word.as_str(), "the" | "of" | "to"))
}
