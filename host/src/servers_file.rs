//! A file of MCP servers, in the form that IDEs use: `{"mcpServers": {"alias": {…}}}`.

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Why a file of servers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ServersFileError {
    /// It cannot be read.
    #[error("cannot read the servers file {}: {source}", path.display())]
    Unreadable {
        /// Path of the file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is not JSON.
    #[error("the servers file {} is not JSON: {source}", path.display())]
    Syntax {
        /// Path of the file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// It is JSON of another shape.
    #[error("the servers file {} must be of the form {{\"mcpServers\": {{\"alias\": {{…}}}}}}", .0.display())]
    Shape(PathBuf),
}

/// What a file of servers gives to the application.
#[derive(Debug, PartialEq, Eq)]
pub struct ServersFile {
    /// The value of the variable `servers`: the file's content.
    pub servers: String,
    /// The value of the variable `secrets`: a JSON object with the value of each `${NAME}` in the file.
    pub secrets: String,
}

/// Reads `path`, and takes the value of each `${NAME}` in it from `environment`. A name that has no value is left out.
pub fn read(path: &Path, environment: impl Fn(&str) -> Option<String>) -> Result<ServersFile, ServersFileError> {
    let servers =
        fs::read_to_string(path).map_err(|source| ServersFileError::Unreadable { path: path.to_owned(), source })?;
    let document: Value =
        serde_json::from_str(&servers).map_err(|source| ServersFileError::Syntax { path: path.to_owned(), source })?;
    // VS Code calls them `servers`.
    if !["mcpServers", "servers"].into_iter().any(|name| document.get(name).is_some_and(Value::is_object)) {
        return Err(ServersFileError::Shape(path.to_owned()));
    }
    let mut names = BTreeSet::new();
    collect_names(&document, &mut names);
    let secrets: Map<_, _> =
        names.into_iter().filter_map(|name| Some((name.to_owned(), Value::String(environment(name)?)))).collect();
    Ok(ServersFile { servers, secrets: Value::Object(secrets).to_string() })
}

/// The names of every `${NAME}` and `${NAME:-default}` in the strings of `value`.
fn collect_names<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => {
            let references = text.split("${").skip(1).filter_map(|after| after.split_once('}'));
            names.extend(
                references
                    .map(|(reference, _)| reference.split_once(":-").map_or(reference, |(name, _)| name))
                    .filter(|name| is_name(name)),
            );
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::Object(members) => members.values().for_each(|member| collect_names(member, names)),
        _ => {}
    }
}

/// A name of the environment, as POSIX has them (IEEE Std 1003.1, section 8.1), in either case.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
