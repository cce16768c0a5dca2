//! The arguments of a call, as JSON.

use rquickjs::{Ctx, Error, Value};

use crate::json::{NotWritten, write_border};
use crate::run::Run;

/// The arguments as the text of a JSON object, or why they cannot be sent.
pub(crate) fn text<'js>(
    ctx: &Ctx<'js>,
    run: &Run,
    server: &str,
    tool: &str,
    arguments: Option<Value<'js>>,
) -> Result<Result<String, String>, Error> {
    let Some(arguments) = arguments.filter(|arguments| !arguments.is_undefined()) else {
        return Ok(Ok("{}".to_string()));
    };
    if !arguments.is_object() || arguments.is_array() || arguments.is_function() {
        let got = type_name(&arguments);
        return Ok(Err(format!("{server}.{tool} takes one object with its arguments, and got {got}")));
    }
    let why = match write_border(ctx, run, "arguments", arguments) {
        Ok(Some(text)) if text.starts_with('{') => return Ok(Ok(text)),
        Ok(_) => "the arguments are no object".to_string(),
        Err(NotWritten::NotJson(why) | NotWritten::Beyond(_, why)) => why,
        Err(NotWritten::Thrown(error)) => return Err(error),
    };
    Ok(Err(format!("cannot call {server}.{tool}: {why}")))
}

fn type_name(value: &Value<'_>) -> &'static str {
    if value.is_null() {
        "null"
    } else if value.is_array() {
        "an array"
    } else if value.is_function() {
        "a function"
    } else if value.is_string() {
        "a string"
    } else if value.is_number() {
        "a number"
    } else if value.is_bool() {
        "a boolean"
    } else if value.is_big_int() {
        "a BigInt"
    } else {
        "a symbol"
    }
}
