use rquickjs::{Atom, Ctx, Object, Proxy, Value, promise::PromiseState};

use super::members::{Own, call, collected, keys, own, own_named, quietly};
use super::{BYTES, DEPTH, LINE_CHARACTERS, MEMBERS, primitive};
use crate::classes::Classes;
use crate::engine::{class_of, text};
use crate::failure::trace_of;
use crate::realm::Realm;

/// Prototypes that are searched for the name of an error.
const ANCESTORS: usize = 16;

/// Elements of an array up to this length share lines.
const SHORT_BYTES: usize = 24;

/// Shows one value.
pub(super) struct Inspector<'a, 'js> {
    ctx: &'a Ctx<'js>,
    classes: Option<Classes>,
    parents: Vec<Object<'js>>,
    bytes: usize,
}

impl<'a, 'js> Inspector<'a, 'js> {
    pub(super) fn new(ctx: &'a Ctx<'js>) -> Self {
        let classes = quietly(ctx, Realm::with(ctx, |realm| Ok(realm.classes)));
        Self { ctx, classes, parents: Vec::new(), bytes: 0 }
    }

    pub(super) fn show(&mut self, value: &Value<'js>) -> String {
        let shown = match (primitive(value), value.as_object()) {
            (Some(shown), _) => shown,
            (None, Some(object)) => self.object(object),
            (None, None) => String::new(),
        };
        self.bytes += shown.len();
        shown
    }

    fn object(&mut self, object: &Object<'js>) -> String {
        if self.parents.contains(object) {
            return "[Circular]".to_string();
        }
        if object.as_value().is_proxy() {
            let target = object.as_value().as_proxy().and_then(|proxy| quietly(self.ctx, Proxy::target(proxy)));
            // A chain of proxies is as deep as a chain of objects.
            return match target {
                Some(target) if self.parents.len() < DEPTH => {
                    self.parents.push(object.clone());
                    let shown = self.object(&target);
                    self.parents.pop();
                    shown
                }
                _ => "[Proxy]".to_string(),
            };
        }
        if object.is_error() {
            return self.error(object);
        }
        if object.is_function() {
            return function(self.ctx, object);
        }
        let class = class_of(object.as_value());
        if let Some(shown) = self.leaf(object, class) {
            return shown;
        }
        if self.parents.len() >= DEPTH || self.bytes > BYTES {
            return format!("[{}]", if object.is_array() { "Array" } else { "Object" });
        }
        self.parents.push(object.clone());
        let shown = self.nested(object, class);
        self.parents.pop();
        shown
    }

    /// Objects that are shown as one word.
    fn leaf(&self, object: &Object<'js>, class: u32) -> Option<String> {
        let classes = self.classes?;
        let string = |value: Option<Value<'js>>| value.and_then(|value| text(value.as_string()?).ok());
        if class == classes.date {
            let iso = string(call(self.ctx, object, |realm| realm.date_to_iso.clone()));
            return Some(iso.unwrap_or_else(|| "Invalid Date".to_string()));
        }
        if class == classes.regexp {
            let written = string(call(self.ctx, object, |realm| realm.regexp_to_string.clone()));
            return Some(written.unwrap_or_else(|| "[RegExp]".to_string()));
        }
        let names = ["WeakMap", "WeakSet", "WeakRef"];
        let weak = classes.weak.iter().zip(names).find(|(weak, _)| **weak == class);
        weak.map(|(_, name)| format!("{name} {{}}"))
    }

    fn nested(&mut self, object: &Object<'js>, class: u32) -> String {
        let Some(classes) = self.classes else { return String::new() };
        if object.is_array() || classes.is_typed_array(class) {
            return self.elements(object, class);
        }
        if class == classes.map {
            let entries = collected(self.ctx, object, |realm| (realm.map_entries.clone(), realm.map_next.clone()));
            let parts = entries.iter().map(|entry| self.map_entry(entry)).collect();
            return layout(&format!("Map({})", self.size(object)), '{', parts);
        }
        if class == classes.set {
            let values = collected(self.ctx, object, |realm| (realm.set_values.clone(), realm.set_next.clone()));
            let parts = values.iter().map(|value| self.show(value)).collect();
            return layout(&format!("Set({})", self.size(object)), '{', parts);
        }
        if let Some(promise) = object.as_value().as_promise() {
            let state = match promise.state() {
                PromiseState::Pending => "<pending>",
                PromiseState::Resolved => "<fulfilled>",
                PromiseState::Rejected => "<rejected>",
            };
            return format!("Promise {{ {state} }}");
        }
        let parts = self.properties(object, &[]);
        layout(&self.name_of_class(object), '{', parts)
    }

    fn map_entry(&mut self, entry: &Value<'js>) -> String {
        let Some(entry) = entry.as_array() else { return String::new() };
        let side = |index| entry.get::<Value<'js>>(index).unwrap_or_else(|_| Value::new_undefined(self.ctx.clone()));
        let (key, value) = (side(0), side(1));
        format!("{} => {}", self.show(&key), self.show(&value))
    }

    fn size(&self, collection: &Object<'js>) -> String {
        let size = quietly(self.ctx, Realm::with(self.ctx, |realm| realm.size_of(collection)));
        size.map_or_else(String::new, |size| size.to_string())
    }

    fn elements(&mut self, array: &Object<'js>, class: u32) -> String {
        let typed = self.classes.is_some_and(|classes| classes.is_typed_array(class));
        let length = quietly(self.ctx, array.get::<_, f64>("length")).unwrap_or(0.0).max(0.0) as usize;
        let mut parts = Vec::new();
        let mut holes = 0;
        for index in 0..length.min(MEMBERS) {
            let element = Atom::from_u32(self.ctx.clone(), index as u32).ok().and_then(|key| own(self.ctx, array, key));
            match element {
                Some(element) => {
                    push_holes(&mut parts, &mut holes);
                    parts.push(self.own(&element));
                }
                None => holes += 1,
            }
            if self.bytes > BYTES {
                break;
            }
        }
        push_holes(&mut parts, &mut holes);
        if length > MEMBERS {
            parts.push(format!("… {} more", length - MEMBERS));
        }
        let prefix = if typed { format!("{}({length})", self.name_of_class(array)) } else { String::new() };
        layout(&prefix, '[', parts)
    }

    fn own(&mut self, own: &Own<'js>) -> String {
        match own {
            Own::Value(value) => self.show(value),
            Own::Accessor(name) => (*name).to_string(),
        }
    }

    fn properties(&mut self, object: &Object<'js>, without: &[&str]) -> Vec<String> {
        let (keys, count) = keys(self.ctx, object);
        let mut parts = Vec::new();
        let shown = keys.len();
        for key in keys {
            let Some(name) = key.to_js_string().ok().and_then(|name| text(&name).ok()) else { continue };
            if without.contains(&name.as_str()) {
                continue;
            }
            let Some(value) = own(self.ctx, object, key) else { continue };
            let name = if tool_names::is_identifier(&name) { name } else { super::quoted(&name) };
            parts.push(format!("{name}: {}", self.own(&value)));
            if self.bytes > BYTES {
                break;
            }
        }
        if count > shown {
            parts.push(format!("… {} more", count - shown));
        }
        parts
    }

    /// An error: its stack in the agent's own code, and what else it carries.
    fn error(&mut self, error: &Object<'js>) -> String {
        let own_or_inherited = |name: &str| {
            let chain = std::iter::successors(Some(error.clone()), |object| {
                object.get_prototype().filter(|_| !object.as_value().is_proxy())
            });
            let value = chain.take(ANCESTORS).find_map(|object| own_named(self.ctx, &object, name));
            value.and_then(|value| text(value.as_string()?).ok()).unwrap_or_default()
        };
        let (name, message) = (own_or_inherited("name"), own_or_inherited("message"));
        let name = if name.is_empty() { "Error".to_string() } else { name };
        let mut shown = if message.is_empty() { name } else { format!("{name}: {message}") };
        let run = quietly(self.ctx, Realm::with(self.ctx, |realm| Ok(realm.run.clone())));
        for line in run.map(|run| trace_of(self.ctx, &run, error).text).unwrap_or_default().lines() {
            shown.push_str("\n    ");
            shown.push_str(line);
        }
        if self.parents.len() >= DEPTH {
            return shown;
        }
        self.parents.push(error.clone());
        let mut parts = self.properties(error, &["name", "message", "stack"]);
        for hidden in ["cause", "errors"] {
            if let Some(value) = own_named(self.ctx, error, hidden)
                && !parts.iter().any(|part| part.starts_with(hidden))
            {
                parts.push(format!("[{hidden}]: {}", self.show(&value)));
            }
        }
        self.parents.pop();
        if !parts.is_empty() {
            shown.push(' ');
            shown.push_str(&layout("", '{', parts));
        }
        shown
    }

    /// `Name` for an instance of a class, nothing for a plain object.
    fn name_of_class(&self, object: &Object<'js>) -> String {
        let Some(prototype) = object.get_prototype() else { return "[Object: null prototype]".to_string() };
        let constructor = own_named(self.ctx, &prototype, "constructor").and_then(Value::into_object);
        let name = constructor.and_then(|constructor| own_named(self.ctx, &constructor, "name"));
        let name = name.and_then(|name| text(name.as_string()?).ok()).unwrap_or_default();
        if name == "Object" { String::new() } else { name }
    }
}

fn push_holes(parts: &mut Vec<String>, holes: &mut usize) {
    if *holes > 0 {
        parts.push(format!("<{holes} empty item{}>", if *holes == 1 { "" } else { "s" }));
        *holes = 0;
    }
}

fn function<'js>(ctx: &Ctx<'js>, function: &Object<'js>) -> String {
    let name = own_named(ctx, function, "name").and_then(|name| text(name.as_string()?).ok()).unwrap_or_default();
    if name.is_empty() { "[Function (anonymous)]".to_string() } else { format!("[Function: {name}]") }
}

/// Parts between brackets, on one line where they fit.
fn layout(prefix: &str, open: char, parts: Vec<String>) -> String {
    let close = if open == '[' { ']' } else { '}' };
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix} ") };
    if parts.is_empty() {
        return format!("{prefix}{open}{close}");
    }
    let length: usize = parts.iter().map(|part| part.len() + 2).sum();
    if length <= LINE_CHARACTERS && !parts.iter().any(|part| part.contains('\n')) {
        return format!("{prefix}{open} {} {close}", parts.join(", "));
    }
    let is_short = |part: &String| part.len() <= SHORT_BYTES && !part.contains('\n');
    let lines = if open == '[' && parts.iter().all(is_short) { filled(&parts) } else { parts };
    let lines: Vec<String> = lines.iter().map(|line| format!("  {}", line.replace('\n', "\n  "))).collect();
    format!("{prefix}{open}\n{}\n{close}", lines.join(",\n"))
}

/// Short parts, as many on a line as fit.
fn filled(parts: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.len() + part.len() + 2 <= LINE_CHARACTERS => {
                line.push_str(", ");
                line.push_str(part);
            }
            _ => lines.push(part.clone()),
        }
    }
    lines
}
