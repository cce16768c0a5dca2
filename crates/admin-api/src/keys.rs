//! Keys of clients: what `client-keys` reads and shows, on HTTP.

pub(crate) mod endpoints;

use crate::protocol::fields::{self, Errors};
use crate::servers::policy;
use crate::{CreatedKey, FieldError, Revision, StoredKey};
use client_keys::{KeySettings, KeyView};
use serde_json::Value;

impl StoredKey {
    /// Which state of the key it is.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision { version: self.version, created_at_ms: self.record.created_at_ms() }
    }

    fn json(&self) -> Value {
        shown(&self.record.view(), self.version)
    }
}

impl CreatedKey {
    fn revision(&self) -> Revision {
        Revision { version: self.version, created_at_ms: self.key.record().created_at_ms() }
    }

    fn json(&self) -> Value {
        shown(&self.key.view(), self.version)
    }
}

fn shown(view: &KeyView<'_>, version: u64) -> Value {
    let mut json = serde_json::to_value(view).expect("names, texts and numbers are JSON");
    json["version"] = version.into();
    json
}

/// Reads the settings of a key.
fn read(mut value: Value) -> Result<KeySettings, Errors> {
    let mut errors = Vec::new();
    // The reading of settings takes 60, but not 60.0, which is the same number to JSON Schema.
    if let Some(rate) = value.get_mut("rateLimitPerMinute")
        && let Some(whole) = fields::whole_number(rate)
    {
        *rate = whole.into();
    }
    if value.get("role").is_some_and(|role| !role.is_string() && !role.is_null()) {
        errors.push(FieldError::at("/role", "It must be \"use\" or \"manage\"."));
    }
    if let Some(tools) = value.get("tools").filter(|tools| !tools.is_null()) {
        errors.extend(policy::check_shape(tools, "/tools").err());
    }
    match KeySettings::from_json(&value) {
        Ok(settings) if errors.is_empty() => Ok(settings),
        Ok(_) => Err(errors),
        Err(invalid) => {
            let is_known = |pointer: &str, errors: &Errors| errors.iter().any(|error| error.place.is_below(pointer));
            for problem in invalid.problems {
                if !is_known(&problem.pointer, &errors) {
                    errors.push(FieldError::at(problem.pointer, problem.detail));
                }
            }
            Err(errors)
        }
    }
}

/// Checks a merge patch by itself: whether it could apply to some key.
fn check_patch(patch: &Value) -> Result<(), Errors> {
    let mut form = policy::without_removals(patch);
    // A patch need not name the key, but may not take its name away.
    if let Some(members) = form.as_object_mut() {
        members.entry("name").or_insert_with(|| "unchanged".into());
    }
    read(form).map(drop)
}
