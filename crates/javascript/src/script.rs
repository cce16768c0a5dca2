//! The agent's script in the interpreter: from its first line to its result.

use rquickjs::{Ctx, Error, Function, Object, Persistent, Promise, Value, promise::PromiseState};

use crate::engine::mark_as_handled;
use crate::failure::{failure, of_exception};
use crate::json::{NotWritten, write_border};
use crate::run::Run;
use crate::source::Prepared;
use crate::stack_trace::StackTrace;
use crate::step::{Failure, FailureKind};

/// A script that has begun.
pub(crate) enum Script {
    /// It runs; the promise gives `{value}`.
    Completing(Persistent<Promise<'static>>),
    /// The promise gives its result.
    Resulting(Persistent<Promise<'static>>),
}

/// What has become of a script.
pub(crate) enum Next {
    /// It waits.
    Pending,
    /// It goes on like this.
    Script(Script),
    /// It is done.
    Result(Result<Option<String>, Failure>),
}

impl Script {
    /// Compiles the script and runs it up to its first `await`.
    pub(crate) fn start(ctx: &Ctx<'_>, run: &Run) -> Result<Self, Failure> {
        if let Some(position) = run.source.too_deep() {
            let message = "the code nests too deeply here: flatten it";
            return Err(Failure { position: Some(position), ..failure(FailureKind::Stack, message) });
        }
        let prepared = run.source.prepare(ctx);
        let prepared =
            prepared.map_err(|_| interrupted(ctx, run).unwrap_or_else(|| unparsed(run, of_exception(ctx, run))))?;
        let started = match prepared {
            Prepared::Script(script) => script.run().and_then(|value| promise(ctx, value)).map(Self::Completing),
            Prepared::Body(body) => body
                .run()
                .and_then(|function| function.into_function().ok_or(Error::Unknown))
                .and_then(|function: Function<'_>| function.call::<_, Value<'_>>(()))
                .and_then(|value| promise(ctx, value))
                .map(Self::Resulting),
        };
        started.map_err(|_| interrupted(ctx, run).unwrap_or_else(|| of_exception(ctx, run)))
    }

    /// Looks whether the script is done.
    pub(crate) fn next(&self, ctx: &Ctx<'_>, run: &Run) -> Next {
        let (Self::Completing(promise) | Self::Resulting(promise)) = self;
        let Ok(promise) = promise.clone().restore(ctx) else { return Next::Pending };
        if promise.state() == PromiseState::Pending {
            return Next::Pending;
        }
        let value = match promise.result::<Value<'_>>() {
            Some(Ok(value)) => value,
            _ => return Next::Result(Err(of_exception(ctx, run))),
        };
        match self {
            // A promise as the last expression is waited for, as one that is returned is.
            Self::Completing(_) => match awaited(ctx, value) {
                Ok(promise) => Next::Script(Self::Resulting(promise)),
                Err(_) => Next::Result(Err(of_exception(ctx, run))),
            },
            Self::Resulting(_) => Next::Result(result(ctx, run, value)),
        }
    }
}

/// The failure of code that does not parse, from what the parser threw.
fn unparsed(run: &Run, thrown: Failure) -> Failure {
    if !matches!(thrown.kind, FailureKind::Runtime | FailureKind::Syntax) {
        return thrown;
    }
    match run.source.unmatched() {
        Some(bracket) if thrown.position.is_none_or(|position| position > bracket) => {
            let message = "SyntaxError: this bracket closes nothing";
            let failure = failure(FailureKind::Syntax, message);
            Failure { position: Some(bracket), stack: format!("at {bracket}"), ..failure }
        }
        _ => Failure { kind: FailureKind::Syntax, ..thrown },
    }
}

/// Runs promise jobs until none is left, or the steps are used up.
pub(crate) fn run_jobs(ctx: &Ctx<'_>, run: &Run) -> Option<Failure> {
    loop {
        if run.meter.is_exhausted() {
            return interrupted(ctx, run);
        }
        if !ctx.execute_pending_job() {
            return None;
        }
    }
}

/// The failure of a script whose steps are used up.
fn interrupted(ctx: &Ctx<'_>, run: &Run) -> Option<Failure> {
    if !run.meter.is_exhausted() {
        return None;
    }
    ctx.catch();
    let StackTrace { position, text } = run.stopped_at.borrow_mut().take().unwrap_or_default();
    Some(Failure { kind: FailureKind::Compute, message: run.compute_message(), position, stack: text })
}

fn promise<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Persistent<Promise<'static>>, Error> {
    let promise = value.into_promise().ok_or(Error::Unknown)?;
    mark_as_handled(&promise);
    Ok(Persistent::save(ctx, promise))
}

/// A promise of the value in `{value}`, which may itself be one.
fn awaited<'js>(ctx: &Ctx<'js>, completion: Value<'js>) -> Result<Persistent<Promise<'static>>, Error> {
    let completion: Object<'js> = completion.into_object().ok_or(Error::Unknown)?;
    let (promise, resolve, _) = ctx.promise()?;
    mark_as_handled(&promise);
    resolve.call::<_, ()>((completion.get::<_, Value<'js>>("value")?,))?;
    Ok(Persistent::save(ctx, promise))
}

fn result<'js>(ctx: &Ctx<'js>, run: &Run, value: Value<'js>) -> Result<Option<String>, Failure> {
    write_border(ctx, run, "result", value).map_err(|why| match why {
        NotWritten::NotJson(why) => failure(FailureKind::Result, format!("the result is not JSON: {why}")),
        NotWritten::Beyond(kind, why) => failure(kind, format!("the {why}")),
        NotWritten::Thrown(_) => interrupted(ctx, run).unwrap_or_else(|| of_exception(ctx, run)),
    })
}
