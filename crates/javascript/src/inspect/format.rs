use rquickjs::{Ctx, Value};

use super::{inspect, primitive};
use crate::engine::text;

/// The arguments of a `console` function as one line; `%s`, `%d`, `%i`, `%f`, `%j`, `%o`, `%O` and `%c` in
/// the first one stand for the others.
pub(crate) fn line<'js>(ctx: &Ctx<'js>, values: &[Value<'js>]) -> String {
    let mut rest = values.iter();
    let mut parts = Vec::new();
    if let Some(format) = values.first().and_then(|value| text(value.as_string()?).ok()) {
        rest.next();
        parts.push(if values.len() > 1 && format.contains('%') { filled(ctx, &format, &mut rest) } else { format });
    }
    parts.extend(rest.map(|value| bare(ctx, value)));
    parts.join(" ")
}

fn filled<'js>(ctx: &Ctx<'js>, format: &str, values: &mut std::slice::Iter<'_, Value<'js>>) -> String {
    let mut out = String::new();
    let mut characters = format.chars().peekable();
    while let Some(character) = characters.next() {
        let directive = characters.peek().copied().filter(|_| character == '%');
        match directive {
            Some('%') => {
                characters.next();
                out.push('%');
            }
            Some(letter @ ('s' | 'd' | 'i' | 'f' | 'j' | 'o' | 'O' | 'c')) => match values.next() {
                Some(value) => {
                    characters.next();
                    out.push_str(&directed(ctx, letter, value));
                }
                None => out.push(character),
            },
            _ => out.push(character),
        }
    }
    out
}

fn directed<'js>(ctx: &Ctx<'js>, letter: char, value: &Value<'js>) -> String {
    let number = value.as_number().or_else(|| text(value.as_string()?).ok()?.trim().parse().ok());
    match letter {
        's' => bare(ctx, value),
        'd' if value.is_big_int() => inspect(ctx, value),
        'd' | 'f' => super::number(number.unwrap_or(f64::NAN)),
        'i' => super::number(number.unwrap_or(f64::NAN).trunc()),
        'c' => String::new(),
        _ => inspect(ctx, value),
    }
}

/// Strings as they are, everything else as it is inspected.
fn bare<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    match value.as_string() {
        Some(string) => text(string).unwrap_or_default(),
        None => primitive(value).unwrap_or_else(|| inspect(ctx, value)),
    }
}
