use crate::FieldError;
use crate::protocol::fields::{Errors, Fields, pointer};
use crate::protocol::merge_patch;
use serde_json::{Map, Value, json};
use tool_policy::Policy;

/// Reads a tool policy.
pub(crate) fn read(fields: &mut Fields, name: &str, errors: &mut Errors) -> Option<Policy> {
    let at = fields.pointer_to(name);
    let value = fields.take(name)?;
    if let Err(error) = check_shape(&value, &at) {
        errors.push(error);
        return None;
    }
    match serde_json::from_value(value) {
        Ok(policy) => Some(policy),
        Err(error) => {
            errors.push(FieldError::at(at, format!("It is no tool policy: {error}.")));
            None
        }
    }
}

/// Refuses what the policy's own derived reading lets pass: arrays and `null` in place of objects and their members,
/// and objects in place of words.
pub(crate) fn check_shape(policy: &Value, at: &str) -> Result<(), FieldError> {
    let object = "It must be an object.";
    let members = policy.as_object().ok_or_else(|| FieldError::at(at, object))?;
    for (name, value) in members {
        let at = pointer(at, name);
        match (name.as_str(), value) {
            ("rules", Value::Array(rules)) => {
                rules.iter().enumerate().try_for_each(|(index, rule)| check_part(rule, &format!("{at}/{index}")))?;
            }
            ("annotations", Value::Object(tools)) => {
                tools.iter().try_for_each(|(tool, hints)| check_part(hints, &pointer(&at, tool)))?;
            }
            ("rules", _) => return Err(FieldError::at(at, "It must be an array of rules.")),
            ("annotations", _) => return Err(FieldError::at(at, object)),
            ("default", value) if !value.is_string() => {
                return Err(FieldError::at(at, "It must be \"allowed\", \"blockedInCodeMode\" or \"blocked\"."));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A merge patch whose `tools` is what it makes of no policy, to be checked as one: what it removes is gone, apart from
/// the names of tools, which must be such.
pub(crate) fn without_removals(patch: &Value) -> Value {
    let mut form = patch.clone();
    if let Some(tools) = form.get_mut("tools").filter(|tools| tools.is_object()) {
        let mut patch = std::mem::replace(tools, json!({}));
        let annotations = patch.get_mut("annotations").and_then(Value::as_object_mut);
        for hints in annotations.into_iter().flat_map(Map::values_mut).filter(|hints| hints.is_null()) {
            *hints = json!({});
        }
        merge_patch::apply(tools, patch);
    }
    form
}

/// A rule or the hints for a tool: an object of words and flags.
fn check_part(part: &Value, at: &str) -> Result<(), FieldError> {
    let members = part.as_object().ok_or_else(|| FieldError::at(at, "It must be an object."))?;
    match members.iter().find(|(_, value)| !value.is_string() && !value.is_boolean()) {
        Some((name, _)) => {
            Err(FieldError::at(pointer(at, name), "It must be a text, true or false; leave it out for none."))
        }
        None => Ok(()),
    }
}
