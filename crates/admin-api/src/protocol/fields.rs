//! Reads the members of a JSON object, notes everything that is wrong with them, and refuses what nobody asked for.
//!
//! For every optional member `null` means the same as leaving it out.

use crate::protocol::text::Text;
use crate::{FieldError, Secret};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// What is wrong with a body.
pub(crate) type Errors = Vec<FieldError>;

/// What is wrong with a member that nothing reads.
pub(crate) const NO_SUCH_MEMBER: &str = "There is no such member here: leave it out, or mend its name.";

/// The members of an object that have not been read yet.
#[derive(Debug)]
pub(crate) struct Fields {
    pointer: String,
    members: Map<String, Value>,
}

impl Fields {
    /// `pointer` is where the value stands in the body; `None` when it is no object.
    pub fn of(value: Value, pointer: impl Into<String>, errors: &mut Errors) -> Option<Self> {
        let pointer = pointer.into();
        match value {
            Value::Object(members) => Some(Self { pointer, members }),
            _ => {
                errors.push(FieldError::at(pointer, "It must be an object."));
                None
            }
        }
    }

    /// Where a member stands in the body (RFC 6901).
    pub fn pointer_to(&self, name: &str) -> String {
        pointer(&self.pointer, name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !value.is_null())
    }

    pub fn is_null(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(Value::is_null)
    }

    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.members.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Everything that is left, `null` too.
    pub fn into_members(self) -> impl Iterator<Item = (String, Value)> {
        self.members.into_iter()
    }

    /// A member that must be there.
    pub fn required<T>(
        &mut self,
        name: &str,
        expected: &str,
        errors: &mut Errors,
        read: impl FnOnce(&mut Self, &mut Errors) -> Option<T>,
    ) -> Option<T> {
        if !self.has(name) {
            self.members.shift_remove(name);
            errors.push(FieldError::at(self.pointer_to(name), format!("It is required. {expected}")));
            return None;
        }
        read(self, errors)
    }

    pub fn text(&mut self, name: &str, form: Text, errors: &mut Errors) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if form.allows(&text) => Some(text),
            _ => self.refuse(name, form.expected, errors),
        }
    }

    pub fn secret(&mut self, name: &str, form: Text, errors: &mut Errors) -> Option<Secret> {
        self.text(name, form, errors).map(Secret::new)
    }

    pub fn flag(&mut self, name: &str, errors: &mut Errors) -> Option<bool> {
        match self.take(name)? {
            Value::Bool(flag) => Some(flag),
            _ => self.refuse(name, "It must be true or false.", errors),
        }
    }

    pub fn whole(&mut self, name: &str, range: RangeInclusive<u64>, errors: &mut Errors) -> Option<u64> {
        let number = whole_number(&self.take(name)?).filter(|number| range.contains(number));
        if number.is_none() {
            let expected = format!("It must be a whole number from {} to {}.", range.start(), range.end());
            return self.refuse(name, expected, errors);
        }
        number
    }

    pub fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)], errors: &mut Errors) -> Option<T> {
        let value = self.take(name)?;
        let chosen = choices.iter().find(|(choice, _)| value == **choice).map(|(_, meaning)| *meaning);
        if chosen.is_none() {
            return self.refuse(name, one_of(choices), errors);
        }
        chosen
    }

    /// Passes over texts and numbers that answers have and requests do not change.
    pub fn ignore(&mut self, names: &[&str], errors: &mut Errors) {
        for name in names {
            if self.take(name).is_some_and(|value| !value.is_string() && !value.is_number()) {
                let detail = "It is ignored: leave it out, or send what GET shows.";
                errors.push(FieldError::at(self.pointer_to(name), detail));
            }
        }
    }

    /// Ends the reading: what is left does not belong there, and `detail` says of each member why.
    pub fn done(self, detail: impl Fn(&str) -> &'static str, errors: &mut Errors) {
        for name in self.members.keys() {
            errors.push(FieldError::at(self.pointer_to(name), detail(name)));
        }
    }

    fn refuse<T>(&self, name: &str, expected: impl Into<String>, errors: &mut Errors) -> Option<T> {
        errors.push(FieldError::at(self.pointer_to(name), expected));
        None
    }
}

/// What is expected where there is a choice.
pub(crate) fn one_of<T>(choices: &[(&str, T)]) -> String {
    let names: Vec<_> = choices.iter().map(|(choice, _)| format!("\"{choice}\"")).collect();
    format!("It must be one of {}.", names.join(", "))
}

/// The pointer to a member of what another pointer leads to (RFC 6901, section 3).
pub(crate) fn pointer(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A number without a fraction that is not negative: to JSON Schema 5.0 is an integer as well.
pub(crate) fn whole_number(value: &Value) -> Option<u64> {
    let from_float = |number: f64| {
        let is_whole = number.fract() == 0.0 && (0.0..9e15).contains(&number);
        is_whole.then(|| format!("{number:.0}").parse().ok()).flatten()
    };
    value.as_u64().or_else(|| value.as_f64().and_then(from_float))
}
