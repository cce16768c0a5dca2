//! Application variables: where their values come from, and what a component sees of them.

use crate::manifest::{Component, Manifest};
use std::collections::BTreeMap;

/// What a name in `[variables]` becomes in the environment: `servers` is `SPIN_VARIABLE_SERVERS`.
const ENVIRONMENT_PREFIX: &str = "SPIN_VARIABLE_";

/// Why the variables of a component have no values.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    /// Nobody gave a required variable a value.
    #[error("the variable `{name}` is required and has no value: set {environment}")]
    Required {
        /// Its name.
        name: String,
        /// The environment variable that would give it a value.
        environment: String,
    },
    /// A value was given for a variable that the manifest does not declare.
    #[error("the variable `{0}` is given a value, and the manifest does not declare it in [variables]")]
    Undeclared(String),
    /// A template names a variable that the manifest does not declare.
    #[error(
        "[component.{component}.variables] `{variable}` uses `{{{{ {name} }}}}`, which [variables] does not declare"
    )]
    Unknown {
        /// The component.
        component: String,
        /// Its variable.
        variable: String,
        /// The name in the template.
        name: String,
    },
    /// A template has a `{{` without `}}`.
    #[error("[component.{component}.variables] `{variable}` has `{{{{` without `}}}}`")]
    Unclosed {
        /// The component.
        component: String,
        /// Its variable.
        variable: String,
    },
}

/// The values of the application's variables, in order of precedence: `given`, the environment (`environment` looks
/// `SPIN_VARIABLE_<NAME>` up), the default.
pub fn application_values(
    manifest: &Manifest,
    given: &BTreeMap<String, String>,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, String>, VariableError> {
    if let Some(name) = given.keys().find(|name| !manifest.variables.contains_key(*name)) {
        return Err(VariableError::Undeclared(name.clone()));
    }
    manifest
        .variables
        .iter()
        .map(|(name, declaration)| {
            let variable = format!("{ENVIRONMENT_PREFIX}{}", name.to_uppercase());
            let value = given
                .get(name)
                .cloned()
                .or_else(|| environment(&variable))
                .or_else(|| declaration.default.clone())
                .ok_or_else(|| VariableError::Required { name: name.clone(), environment: variable })?;
            Ok((name.clone(), value))
        })
        .collect()
}

/// The variables that `component` sees: its templates, with the application's values in them.
pub fn component_values(
    component: &Component,
    application: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, VariableError> {
    component
        .variables
        .iter()
        .map(|(variable, template)| Ok((variable.clone(), filled(component, variable, template, application)?)))
        .collect()
}

/// Fills a template: text in which `{{ name }}` stands for the value of a variable.
fn filled(
    component: &Component,
    variable: &str,
    template: &str,
    application: &BTreeMap<String, String>,
) -> Result<String, VariableError> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, remaining) = after.split_once("}}").ok_or_else(|| VariableError::Unclosed {
            component: component.id.clone(),
            variable: variable.to_owned(),
        })?;
        let value = application.get(name.trim()).ok_or_else(|| VariableError::Unknown {
            component: component.id.clone(),
            variable: variable.to_owned(),
            name: name.trim().to_owned(),
        })?;
        text.push_str(before);
        text.push_str(value);
        rest = remaining;
    }
    text.push_str(rest);
    Ok(text)
}
