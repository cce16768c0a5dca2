//! Types as text: on one line where it fits, else one property to a line.

use crate::Detail;
use crate::jsdoc;
use crate::literal;
use crate::types::{Element, NamedType, Object, Property, Type};

/// Columns of a line. Longer types are broken where they can be.
const WIDTH: usize = 120;

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

/// Where the next character of a text stands in its line.
pub fn column(text: &str) -> usize {
    text.rsplit('\n').next().unwrap_or_default().chars().count()
}

impl Printer<'_> {
    /// Adds a line `type Name = …;` for each named type, under the last part of its name.
    pub fn print_named(&self, named: &[NamedType], out: &mut String) {
        for (named, name) in named.iter().zip(self.names) {
            *out += &format!("    type {} =", name.rsplit('.').next().unwrap_or(name));
            let of = self.print(&named.of, 4, column(out) + 1);
            let space = if of.starts_with('\n') { "" } else { " " };
            *out += &format!("{space}{of};\n");
        }
    }

    /// The type, with continuation lines indented by `indent` spaces, to be put at `column`.
    pub fn print(&self, of: &Type, indent: usize, column: usize) -> String {
        if !self.must_break(of) {
            let flat = self.flat(of);
            if column + flat.chars().count() <= WIDTH {
                return flat;
            }
        }
        match of {
            Type::Object(object) if !object.properties.is_empty() => self.broken_object(object, indent),
            Type::Array(item) => {
                let text = self.print(item, indent, column);
                if !needs_parentheses(item) {
                    format!("{text}[]")
                } else if text.starts_with('\n') {
                    format!("({text}\n{})[]", " ".repeat(indent))
                } else {
                    format!("({text})[]")
                }
            }
            Type::Union(members) if members.iter().any(|member| !matches!(member, Type::Literal(_))) => {
                let start = format!("\n{}| ", " ".repeat(indent + 2));
                let members = members.iter().map(|member| self.member(member, indent + 4, indent + 4, false));
                members.map(|member| start.clone() + &member).collect()
            }
            Type::Intersection(members) => {
                let members = members.iter().map(|member| self.member(member, indent, column, true));
                members.collect::<Vec<_>>().join(" & ")
            }
            Type::Tuple(elements, rest) => {
                let inner = " ".repeat(indent + 2);
                let print = |of: &Type| self.print(of, indent + 2, indent + 2);
                let mut out = String::from("[\n");
                for element in elements {
                    out += &format!("{inner}{},\n", optional(element, print(&element.of)));
                }
                if let Some(rest) = rest {
                    out += &format!("{inner}...{},\n", self.array_of(rest));
                }
                out + &" ".repeat(indent) + "]"
            }
            _ => self.flat(of),
        }
    }

    fn broken_object(&self, object: &Object, indent: usize) -> String {
        let inner = " ".repeat(indent + 2);
        let mut out = String::from("{\n");
        for property in &object.properties {
            jsdoc::block(&jsdoc::lines(&property.docs, &property.name, self.detail), indent + 2, &mut out);
            let head = head(property);
            let of = self.print(&property.of, indent + 2, indent + 5 + head.chars().count());
            let space = if of.starts_with('\n') { "" } else { " " };
            out += &format!("{inner}{head}:{space}{of};\n");
        }
        if let Some(index) = self.index(object) {
            out += &format!("{inner}{index};\n");
        }
        out + &" ".repeat(indent) + "}"
    }

    /// A member of a union or intersection, in parentheses where the other of the two needs them.
    fn member(&self, member: &Type, indent: usize, column: usize, of_intersection: bool) -> String {
        let text = self.print(member, indent, column);
        match member {
            Type::Union(_) if of_intersection => format!("({text})"),
            Type::Intersection(_) if !of_intersection => format!("({text})"),
            _ => text,
        }
    }

    /// Whether there are comments inside that take lines of their own.
    fn must_break(&self, of: &Type) -> bool {
        if self.detail == Detail::Signature {
            return false;
        }
        let mut found = match of {
            Type::Object(object) => object.properties.iter().any(|property| !property.docs.is_empty()),
            _ => false,
        };
        of.children(&mut |child| found = found || self.must_break(child));
        found
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
                let elements = elements.iter().map(|element| optional(element, self.flat(&element.of)));
                let rest = rest.iter().map(|rest| format!("...{}", self.array_of(rest)));
                format!("[{}]", elements.chain(rest).collect::<Vec<_>>().join(", "))
            }
            Type::Object(object) => self.flat_object(object),
            Type::Union(members) => self.flat_members(members, " | "),
            Type::Intersection(members) => self.flat_members(members, " & "),
        }
    }

    fn flat_members(&self, members: &[Type], separator: &str) -> String {
        let members = members.iter().map(|member| match member {
            Type::Union(_) | Type::Intersection(_) => format!("({})", self.flat(member)),
            _ => self.flat(member),
        });
        members.collect::<Vec<_>>().join(separator)
    }

    fn array_of(&self, item: &Type) -> String {
        let flat = self.flat(item);
        if needs_parentheses(item) { format!("({flat})[]") } else { format!("{flat}[]") }
    }

    fn flat_object(&self, object: &Object) -> String {
        let index = self.index(object);
        match &object.index {
            // `Record` is resolved at once, so it may not hold a type that is still being declared.
            Some(of) if object.properties.is_empty() && object.omitted == 0 && !of.refers() => {
                return format!("Record<string, {}>", self.flat(of));
            }
            _ if object.properties.is_empty() && index.is_none() => return "{}".to_string(),
            _ => {}
        }
        let properties = object.properties.iter().map(|property| {
            let docs = jsdoc::lines(&property.docs, &property.name, Detail::Signature);
            let docs: String = docs.iter().map(|line| format!("/** {line} */ ")).collect();
            format!("{docs}{}: {}", head(property), self.flat(&property.of))
        });
        format!("{{ {} }}", properties.chain(index).collect::<Vec<_>>().join("; "))
    }

    fn index(&self, object: &Object) -> Option<String> {
        if object.omitted > 0 {
            return Some(format!("/** {} more properties */ [key: string]: unknown", object.omitted));
        }
        object.index.as_ref().map(|of| format!("[key: string]: {}", self.flat(of)))
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
