//! Values as `console` shows them: readable structure, bounded in depth and size, without side effects.

mod format;
mod members;
mod object;

use std::fmt::Write;

use rquickjs::{Ctx, Type, Value};

use crate::engine::text;

pub(crate) use format::line;
use object::Inspector;

/// Nested objects below this depth are shown by their class only.
const DEPTH: usize = 6;

/// Elements or properties that are shown of one object.
const MEMBERS: usize = 100;

/// Bytes after which nothing more is shown.
const BYTES: usize = 64 * 1024;

/// Characters that fit on one line before an object is spread over several.
const LINE_CHARACTERS: usize = 100;

/// A value as `console.log` shows it; strings in quotes.
pub(crate) fn inspect<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    Inspector::new(ctx).show(value)
}

/// A primitive; `None` for objects.
fn primitive(value: &Value<'_>) -> Option<String> {
    Some(match value.type_of() {
        Type::Undefined | Type::Uninitialized => "undefined".to_string(),
        Type::Null => "null".to_string(),
        Type::Bool => value.as_bool()?.to_string(),
        Type::Int => value.as_int()?.to_string(),
        Type::Float => number(value.as_float()?),
        Type::String => quoted(&text(value.as_string()?).ok()?),
        Type::Symbol => symbol(value),
        Type::BigInt => format!("{}n", big_int(value)?),
        _ => return None,
    })
}

/// A number as JavaScript writes it.
fn number(number: f64) -> String {
    if number == 0.0 && number.is_sign_negative() {
        return "-0".to_string();
    }
    if number.is_nan() {
        return "NaN".to_string();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_string();
    }
    let magnitude = number.abs();
    if magnitude >= 1e21 || (magnitude != 0.0 && magnitude < 1e-6) {
        let written = format!("{number:e}");
        return match written.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
            _ => written,
        };
    }
    number.to_string()
}

fn symbol(value: &Value<'_>) -> String {
    let description = value.as_symbol().and_then(|symbol| symbol.description().ok());
    let description = description.and_then(|text_of| text(text_of.as_string()?).ok()).unwrap_or_default();
    format!("Symbol({description})")
}

fn big_int(value: &Value<'_>) -> Option<String> {
    let written: rquickjs::Coerced<rquickjs::String<'_>> = value.get().ok()?;
    text(&written).ok()
}

/// A string in single quotes, with control characters escaped.
fn quoted(string: &str) -> String {
    let quote = if string.contains('\'') && !string.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(string.len() + 2);
    out.push(quote);
    for character in string.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            own if own == quote => {
                out.push('\\');
                out.push(own);
            }
            control if control.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push(quote);
    out
}
