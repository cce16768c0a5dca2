//! Numbers and strings as JSON.

use std::fmt::Write;

use rquickjs::{Coerced, Ctx, Error, FromJs, String as JsString, Value};

use crate::engine::{Wtf8, text};

/// Writes a number; what is not finite is `null`.
pub(super) fn number<'js>(out: &mut String, ctx: &Ctx<'js>, value: &Value<'js>) -> Result<(), Error> {
    if let Some(int) = value.as_int() {
        // Writing to a String cannot fail.
        let _ = write!(out, "{int}");
        return Ok(());
    }
    match value.as_float() {
        Some(float) if float.is_finite() => {
            let written = Coerced::<JsString<'js>>::from_js(ctx, value.clone())?;
            out.push_str(&text(&written)?);
        }
        _ => out.push_str("null"),
    }
    Ok(())
}

/// What becomes of a lone surrogate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surrogates {
    /// U+FFFD: what goes outside must be Unicode.
    Replaced,
    /// An escape, as `JSON.stringify` writes it.
    Escaped,
}

/// Writes a string.
pub(super) fn string(out: &mut String, string: &JsString<'_>, surrogates: Surrogates) -> Result<(), Error> {
    let wtf8 = Wtf8::of(string)?;
    let mut rest = wtf8.bytes();
    out.push('"');
    loop {
        match std::str::from_utf8(rest) {
            Ok(valid) => {
                escape(out, valid);
                break;
            }
            Err(error) => {
                let (valid, lone) = rest.split_at(error.valid_up_to());
                escape(out, &String::from_utf8_lossy(valid));
                let (&[first, second, third], after) = lone.split_first_chunk().unwrap_or((&[0xef, 0xbf, 0xbd], &[]));
                match surrogates {
                    Surrogates::Replaced => out.push('\u{fffd}'),
                    Surrogates::Escaped => {
                        let unit =
                            u32::from(first & 0xf) << 12 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f);
                        // Writing to a String cannot fail.
                        let _ = write!(out, "\\u{unit:04x}");
                    }
                }
                rest = after;
            }
        }
    }
    out.push('"');
    Ok(())
}

fn escape(out: &mut String, text: &str) {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x8 => "\\b",
            0xc => "\\f",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(&text[plain..at]);
        out.push_str(short);
        if short.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{byte:04x}");
        }
        plain = at + 1;
    }
    out.push_str(&text[plain..]);
}
