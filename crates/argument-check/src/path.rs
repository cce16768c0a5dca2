//! Where in the arguments something is, written as a script would.

use crate::show;
use serde_json::Value;

/// Characters of a whole path.
const SHOWN_CHARACTERS: usize = 200;

/// A value's place; each step refers to the one around it.
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
    Root,
    Property(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
    /// Not a value but the name of a property, for `propertyNames`.
    Name(&'a Path<'a>, &'a str),
}

/// A value and where it is.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub value: &'a Value,
    pub path: &'a Path<'a>,
}

impl Path<'_> {
    /// `args.items[0]["n n"]`; the middle of a very long path is left out.
    pub fn written(&self) -> String {
        let (mut steps, mut path) = (Vec::new(), self);
        loop {
            path = match path {
                Path::Root => break,
                Path::Property(parent, name) => {
                    let name = show::cut(name);
                    let plain = tool_names::is_identifier(&name);
                    steps.push(if plain { format!(".{name}") } else { format!("[{}]", show::quoted(&name)) });
                    parent
                }
                Path::Item(parent, index) => {
                    steps.push(format!("[{index}]"));
                    parent
                }
                Path::Name(parent, name) => {
                    steps.push(format!(", property name {}", show::quoted(name)));
                    parent
                }
            };
        }
        let mut written = String::from("args");
        let (last, rest) = match steps.split_first() {
            Some((last, rest)) => (last.as_str(), rest),
            None => ("", [].as_slice()),
        };
        for step in rest.iter().rev() {
            if written.len() + step.len() + last.len() > SHOWN_CHARACTERS {
                written.push('…');
                break;
            }
            written.push_str(step);
        }
        written + last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_a_script_would_write() {
        let items = Path::Property(&Path::Root, "items");
        let item = Path::Item(&items, 3);
        assert_eq!(Path::Root.written(), "args");
        assert_eq!(Path::Property(&item, "name").written(), "args.items[3].name");
        assert_eq!(Path::Property(&item, "n \"n\"").written(), r#"args.items[3]["n \"n\""]"#);
        assert_eq!(Path::Name(&items, "X").written(), r#"args.items, property name "X""#);
    }

    #[test]
    fn stays_short() {
        fn nest(path: &Path<'_>, depth: usize) -> String {
            match depth {
                0 => path.written(),
                _ => nest(&Path::Property(path, "some_longer_name"), depth - 1),
            }
        }
        let written = nest(&Path::Root, 100);
        assert!(written.len() < 250 && written.ends_with("….some_longer_name"), "{written}");
    }
}
