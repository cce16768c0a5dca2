//! From what a script threw to why it failed.

use rquickjs::{Ctx, Object, Value};

use crate::engine::text;
use crate::realm::Realm;
use crate::step::{Failure, FailureKind};

/// A failure without a place.
pub(crate) fn failure(kind: FailureKind, message: impl Into<String>) -> Failure {
    Failure { kind, message: message.into(), position: None, stack: String::new() }
}

/// What a thrown value says.
pub(crate) fn of_thrown<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> Failure {
    let Some(error) = thrown.as_object().filter(|object| object.is_error()) else {
        return failure(FailureKind::Runtime, shown(ctx, thrown));
    };
    let Some(realm) = ctx.userdata::<Realm<'js>>() else { return failure(FailureKind::Runtime, "") };
    let name = property(ctx, error, "name");
    let message = property(ctx, error, "message");
    let stack = realm.stack_of(error).and_then(|stack| text(&stack).ok()).unwrap_or_default();
    let kind = realm.kind_of(error).unwrap_or(match (name.as_str(), message.as_str()) {
        ("RangeError", "Maximum call stack size exceeded") => FailureKind::Stack,
        ("InternalError", "out of memory") => FailureKind::Memory,
        _ => FailureKind::Runtime,
    });
    let message = if name.is_empty() || name == "Error" { message } else { format!("{name}: {message}") };
    Failure { kind, message, position: None, stack }
}

fn property<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> String {
    match object.get::<_, Value<'js>>(name) {
        Ok(value) => value.as_string().and_then(|string| text(string).ok()).unwrap_or_default(),
        Err(_) => {
            ctx.catch();
            String::new()
        }
    }
}

fn shown<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    if let Some(string) = value.as_string() {
        return text(string).unwrap_or_default();
    }
    match ctx.json_stringify(value.clone()) {
        Ok(Some(json)) => text(&json).unwrap_or_default(),
        Ok(None) => "undefined".to_string(),
        Err(_) => {
            ctx.catch();
            String::new()
        }
    }
}
