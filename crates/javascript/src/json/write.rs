//! Writes a value as JSON, without recursion.

use std::fmt::Write;

use rquickjs::function::This;
use rquickjs::object::Filter;
use rquickjs::{Atom, Coerced, Ctx, Error, FromJs, Function, Object, String as JsString, Type, Value};

use super::path::{Step, expression};
use crate::engine::text;
use crate::meter::Meter;

/// What writing one member costs, as measured against a loop.
const STEPS_PER_MEMBER: u64 = 8;

/// What is written, and what is refused.
pub(crate) struct Rules<'a> {
    /// What the work is charged to.
    pub(crate) meter: &'a Meter,
    /// What messages call the value: `result`, or `arguments`.
    pub(crate) root: &'static str,
    /// How deep arrays and objects may nest.
    pub(crate) nesting: usize,
    /// How long the text may get.
    pub(crate) bytes: usize,
}

/// Why a value was not written.
pub(crate) enum Refusal {
    /// JSON cannot express it: one sentence that says what and where.
    NotJson(String),
    /// It nests deeper than the rules allow.
    TooDeep,
    /// It is longer than the rules allow.
    TooLong,
    /// The steps of the run are used up.
    Interrupted,
    /// A getter, a proxy or a `toJSON` threw: the exception is pending.
    Thrown(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Thrown(error)
    }
}

/// An array or object that is being written.
struct Frame<'js> {
    object: Object<'js>,
    members: Members<'js>,
    next: usize,
    written: usize,
    is_error: bool,
    /// The key of the member that is being written.
    key: String,
}

enum Members<'js> {
    Elements(usize),
    Properties(Vec<Atom<'js>>),
}

struct Writer<'js, 'r> {
    rules: &'r Rules<'r>,
    out: String,
    frames: Vec<Frame<'js>>,
}

/// Writes a value as `JSON.stringify` does, except that what JSON cannot express is refused and not left
/// out, and that errors keep their name and message. `None` is `undefined`.
pub(crate) fn write<'js>(ctx: &Ctx<'js>, value: Value<'js>, rules: &Rules<'_>) -> Result<Option<String>, Refusal> {
    let mut writer = Writer { rules, out: String::new(), frames: Vec::new() };
    let value = writer.converted(ctx, value, "")?;
    if value.is_undefined() {
        return Ok(None);
    }
    writer.begin(ctx, value)?;
    while let Some(frame) = writer.frames.last_mut() {
        if !rules.meter.charge(STEPS_PER_MEMBER) {
            return Err(Refusal::Interrupted);
        }
        let index = frame.next;
        frame.next += 1;
        match &frame.members {
            Members::Elements(length) if index < *length => {
                let value: Value<'js> = frame.object.get(index as f64)?;
                if index > 0 {
                    writer.out.push(',');
                }
                let key = index.to_string();
                let value = writer.converted(ctx, value, &key)?;
                let value = if value.is_undefined() { Value::new_null(ctx.clone()) } else { value };
                writer.begin(ctx, value)?;
            }
            Members::Properties(keys) if index < keys.len() => {
                let atom = keys[index].clone();
                let key = text(&atom.to_js_string()?)?;
                if frame.is_error && matches!(key.as_str(), "name" | "message") {
                    continue;
                }
                let value: Value<'js> = frame.object.get(atom)?;
                frame.key.clone_from(&key);
                let value = writer.converted(ctx, value, &key)?;
                if !value.is_undefined() {
                    writer.member(&key);
                    writer.begin(ctx, value)?;
                }
            }
            Members::Elements(_) => {
                writer.out.push(']');
                writer.frames.pop();
            }
            Members::Properties(_) => {
                writer.out.push('}');
                writer.frames.pop();
            }
        }
        if writer.out.len() > rules.bytes {
            return Err(Refusal::TooLong);
        }
    }
    Ok(Some(writer.out))
}

impl<'js> Writer<'js, '_> {
    /// Applies `toJSON` and opens boxed primitives.
    fn converted(&self, ctx: &Ctx<'js>, value: Value<'js>, key: &str) -> Result<Value<'js>, Refusal> {
        let Some(object) = value.as_object() else { return Ok(value) };
        let to_json: Value<'js> = object.get("toJSON")?;
        let Some(to_json) = to_json.into_function() else { return Ok(value) };
        let key = JsString::from_str(ctx.clone(), key)?;
        Ok(Function::call(&to_json, (This(value), key))?)
    }

    fn member(&mut self, key: &str) {
        if let Some(frame) = self.frames.last_mut() {
            if frame.written > 0 {
                self.out.push(',');
            }
            frame.written += 1;
        }
        quote(&mut self.out, key);
        self.out.push(':');
    }

    /// Writes a primitive, or the start of an array or object.
    fn begin(&mut self, ctx: &Ctx<'js>, value: Value<'js>) -> Result<(), Refusal> {
        match value.type_of() {
            Type::Null | Type::Undefined | Type::Uninitialized => self.out.push_str("null"),
            Type::Bool => self.out.push_str(if value.as_bool() == Some(true) { "true" } else { "false" }),
            Type::Int | Type::Float => number(&mut self.out, ctx, &value)?,
            Type::String => {
                if let Some(string) = value.as_string() {
                    quote(&mut self.out, &text(string)?);
                }
            }
            Type::BigInt => return Err(self.refuse("a BigInt; convert it with Number() or String()")),
            Type::Symbol => return Err(self.refuse("a symbol")),
            Type::Function | Type::Constructor => return Err(self.refuse("a function; call it, or leave it out")),
            Type::Promise => return Err(self.refuse("a promise; await it (several with Promise.all)")),
            _ => {
                let Some(object) = value.into_object() else { return Err(self.refuse("not a JSON value")) };
                if object.is_function() {
                    return Err(self.refuse("a function; call it, or leave it out"));
                }
                self.open(object)?;
            }
        }
        Ok(())
    }

    fn open(&mut self, object: Object<'js>) -> Result<(), Refusal> {
        if self.frames.iter().any(|frame| frame.object == object) {
            return Err(self.refuse("a cycle: it contains itself"));
        }
        if self.frames.len() >= self.rules.nesting {
            return Err(Refusal::TooDeep);
        }
        let (mut written, mut is_error) = (0, false);
        let members = if object.is_array() {
            self.out.push('[');
            Members::Elements(length(&object)?)
        } else {
            self.out.push('{');
            if object.is_error() {
                is_error = true;
                written = self.error_members(&object)?;
            }
            let keys = object.own_keys::<Atom<'js>>(Filter::new().string().enum_only());
            Members::Properties(keys.collect::<Result<_, _>>()?)
        };
        self.frames.push(Frame { object, members, next: 0, written, is_error, key: String::new() });
        Ok(())
    }

    /// The name and the message of an error, which are not enumerable.
    fn error_members(&mut self, error: &Object<'js>) -> Result<usize, Refusal> {
        let mut written = 0;
        for key in ["name", "message"] {
            let value: Value<'js> = error.get(key)?;
            if let Some(string) = value.as_string() {
                if written > 0 {
                    self.out.push(',');
                }
                quote(&mut self.out, key);
                self.out.push(':');
                quote(&mut self.out, &text(string)?);
                written += 1;
            }
        }
        Ok(written)
    }

    fn refuse(&self, what: &str) -> Refusal {
        let steps = self.frames.iter().map(|frame| match frame.members {
            Members::Elements(_) => Step::Index(frame.next.saturating_sub(1)),
            Members::Properties(_) => Step::Key(&frame.key),
        });
        Refusal::NotJson(format!("{} is {what}", expression(self.rules.root, steps)))
    }
}

fn length(array: &Object<'_>) -> Result<usize, Refusal> {
    let length = array.get::<_, Coerced<f64>>("length")?.0;
    Ok(if length > 0.0 { length as usize } else { 0 })
}

fn number<'js>(out: &mut String, ctx: &Ctx<'js>, value: &Value<'js>) -> Result<(), Refusal> {
    if let Some(int) = value.as_int() {
        // Writing to a String cannot fail.
        let _ = write!(out, "{int}");
        return Ok(());
    }
    match value.as_float() {
        Some(float) if float.is_finite() => {
            // The shortest text as JavaScript writes it.
            let written = Coerced::<JsString<'js>>::from_js(ctx, value.clone())?;
            out.push_str(&text(&written)?);
        }
        _ => out.push_str("null"),
    }
    Ok(())
}

/// Writes a JSON string.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
