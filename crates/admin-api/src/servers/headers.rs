use crate::protocol::fields::{self, Errors, Fields};
use crate::protocol::text::{HEADER_NAME, HEADER_VALUE};
use crate::servers::{header_rules::reason_against_header, input::Stored};
use crate::{FieldError, Secret, SecretInput};
use serde_json::Value;
use std::collections::BTreeMap;

/// Headers of one server.
pub const MAX_HEADERS: usize = 32;

/// Reads `headers`. Names are case-insensitive (RFC 9110, section 5.1) and kept in lower case; of two that differ in
/// case only the last one counts.
pub(crate) fn read(fields: &mut Fields, stored: Stored, errors: &mut Errors) -> BTreeMap<String, SecretInput> {
    let pointer = fields.pointer_to("headers");
    let Some(headers) = fields.take("headers").and_then(|value| Fields::of(value, &*pointer, errors)) else {
        return BTreeMap::new();
    };
    let mut read = BTreeMap::new();
    let mut count = 0;
    for (name, value) in headers.into_members() {
        count += 1;
        let mut refuse = |detail: &str| errors.push(FieldError::at(fields::pointer(&pointer, &name), detail));
        if !HEADER_NAME.allows(&name) {
            refuse(HEADER_NAME.expected);
            continue;
        }
        let lower = name.to_ascii_lowercase();
        let is_removed = value.is_null() && stored == Stored::Patched;
        if let Some(reason) = reason_against_header(&lower).filter(|_| !is_removed) {
            refuse(&format!("This header must not be set: {reason}."));
            continue;
        }
        match value {
            Value::Null if stored != Stored::Nothing => {
                read.insert(lower, SecretInput::Keep);
            }
            Value::Null => refuse("Nothing is stored that could be kept: give the value."),
            Value::String(text) if HEADER_VALUE.allows(&text) => {
                read.insert(lower, SecretInput::Set(Secret::new(text)));
            }
            _ => refuse(HEADER_VALUE.expected),
        }
    }
    if count > MAX_HEADERS {
        errors.push(FieldError::at(pointer, format!("There are {count} headers, at most {MAX_HEADERS} can be.")));
    }
    read
}

/// The names in a patch in lower case, so that they meet those that are stored.
pub(crate) fn lower_names(patch: &mut Value) {
    if let Some(headers) = patch.get_mut("headers").and_then(Value::as_object_mut) {
        *headers =
            std::mem::take(headers).into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    }
}
