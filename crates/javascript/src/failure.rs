//! From what a script threw to why it failed.

use rquickjs::{Ctx, Object, Type, Value};

use crate::engine::text;
use crate::inspect::inspect;
use crate::realm::Realm;
use crate::run::Run;
use crate::source::Source;
use crate::stack_trace::StackTrace;
use crate::step::{Failure, FailureKind, Position};

/// A failure without a place.
pub(crate) fn failure(kind: FailureKind, message: impl Into<String>) -> Failure {
    Failure { kind, message: message.into(), position: None, stack: String::new() }
}

/// What the pending exception says.
pub(crate) fn of_exception(ctx: &Ctx<'_>, run: &Run) -> Failure {
    of_thrown(ctx, run, &ctx.catch())
}

/// What a thrown value says.
pub(crate) fn of_thrown<'js>(ctx: &Ctx<'js>, run: &Run, thrown: &Value<'js>) -> Failure {
    let Some(error) = thrown.as_object().filter(|object| object.is_error()) else {
        // Where memory is too short even for an error, QuickJS throws null, or nothing at all.
        let is_nothing = matches!(thrown.type_of(), Type::Null | Type::Undefined | Type::Uninitialized);
        return match run.heap.has_refused() && is_nothing {
            true => failure(FailureKind::Memory, run.memory_message()),
            false => failure(FailureKind::Runtime, format!("the script threw {}", inspect(ctx, thrown))),
        };
    };
    let (name, message) = (property(ctx, error, "name"), property(ctx, error, "message"));
    let shown_name = run.limits.failures.name(&name);
    let trace = trace_of(ctx, run, error);
    let known = Realm::with(ctx, |realm| Ok(realm.kind_of(error))).ok().flatten();
    let kind = known.unwrap_or(match (name.as_str(), message.as_str()) {
        ("RangeError", "Maximum call stack size exceeded") | ("SyntaxError", "stack overflow") => FailureKind::Stack,
        // The latter where there was no memory for the message of an error.
        ("InternalError", "out of memory" | "Invalid error message") if run.heap.has_refused() => FailureKind::Memory,
        _ => FailureKind::Runtime,
    });
    let message = match kind {
        FailureKind::Memory => run.memory_message(),
        _ if name.is_empty() || name == "Error" => message,
        _ => format!("{shown_name}: {message}"),
    };
    Failure { kind, message, position: trace.position, stack: trace.text }
}

/// Where an error was made, in the agent's own code.
pub(crate) fn trace_of<'js>(ctx: &Ctx<'js>, run: &Run, error: &Object<'js>) -> StackTrace {
    let recorded = recorded(ctx, error);
    StackTrace::of(&recorded, &run.source, run.limits.failures)
}

/// Where a thrown error was made, or, for a syntax error, where it is.
pub(crate) fn recorded_position<'js>(ctx: &Ctx<'js>, source: &Source, thrown: &Value<'js>) -> Option<Position> {
    StackTrace::position_in(&recorded(ctx, thrown.as_object()?), source)
}

fn recorded<'js>(ctx: &Ctx<'js>, error: &Object<'js>) -> String {
    let recorded = Realm::with(ctx, |realm| Ok(realm.recorded_stack(error))).ok().flatten();
    recorded.and_then(|stack| text(&stack).ok()).unwrap_or_default()
}

fn property<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> String {
    match object.get::<_, Value<'js>>(name) {
        Ok(value) => value.as_string().map(|string| text(string).unwrap_or_else(|_| too_long(ctx))).unwrap_or_default(),
        Err(_) => {
            ctx.catch();
            String::new()
        }
    }
}

/// Stands for a text for which there is no memory any more.
fn too_long(ctx: &Ctx<'_>) -> String {
    ctx.catch();
    "… a text that is too long to be shown".to_string()
}
