//! Calls to tools: from the script out, and their settlements back in.

use std::collections::BTreeMap;

use rquickjs::{Ctx, Error, Function, Object, Persistent, Value};
use tool_names::nearest;

use crate::arguments;
use crate::engine::mark_as_handled;
use crate::errors::{complete_error, make_error};
use crate::json::{self, ParseError};
use crate::program::FailureLimits;
use crate::run::Run;
use crate::step::{CallFailure, FailureKind, Settlement, ToolCall};

/// The calls of one run.
pub(crate) struct Calls {
    limit: u32,
    issued: u32,
    outbox: Vec<ToolCall>,
    pending: BTreeMap<u32, Pending>,
    /// Those that the script did not wait for; `None` while it may still do so.
    unawaited: Option<Vec<u32>>,
}

struct Pending {
    resolve: Persistent<Function<'static>>,
    reject: Persistent<Function<'static>>,
    /// Made where the call was issued, so that a failure points there.
    error: Persistent<Object<'static>>,
}

/// What a function of `tools` stands for.
pub(crate) enum Callee {
    Tool { server: String, tool: String },
    NoTool { server: String, written: String },
    NoServer { written: String, tool: String },
}

impl Calls {
    pub(crate) fn new(limit: u32) -> Self {
        Self { limit, issued: 0, outbox: Vec::new(), pending: BTreeMap::new(), unawaited: None }
    }

    /// The calls issued since the last time they were taken.
    pub(crate) fn take_issued(&mut self) -> Vec<ToolCall> {
        std::mem::take(&mut self.outbox)
    }

    /// The numbers of the calls that are under way.
    pub(crate) fn under_way(&self) -> Vec<u32> {
        self.pending.keys().copied().collect()
    }

    /// The script itself is done: it waits neither for what is under way nor for what is issued from now on.
    pub(crate) fn end_of_script(&mut self) {
        let under_way = self.under_way();
        self.unawaited.get_or_insert(under_way);
    }

    /// The numbers of the calls that the script did not wait for.
    pub(crate) fn unawaited(&self) -> Vec<u32> {
        self.unawaited.clone().unwrap_or_default()
    }

    /// A call has ended; `None` when no such call is under way. What is not handed out yet need not be.
    fn take(&mut self, number: u32) -> Option<Pending> {
        let pending = self.pending.remove(&number)?;
        self.outbox.retain(|call| call.number != number);
        Some(pending)
    }

    /// A call has ended that the script does not hear of any more.
    pub(crate) fn forget(&mut self, number: u32) {
        drop(self.take(number));
    }

    /// Lets go of everything that lives in the interpreter.
    pub(crate) fn forget_all(&mut self) {
        self.pending.clear();
    }
}

/// Issues a call, or rejects at once. Always gives a promise.
pub(crate) fn call<'js>(
    ctx: &Ctx<'js>,
    run: &Run,
    callee: &Callee,
    arguments: Option<Value<'js>>,
) -> Result<Value<'js>, Error> {
    let (promise, resolve, reject) = ctx.promise()?;
    mark_as_handled(&promise);
    let refused = match resolved(run, callee) {
        Ok((server, tool)) => match arguments::text(ctx, run, server, tool, arguments)? {
            Ok(arguments) => {
                issue(
                    ctx,
                    run,
                    ToolCall { number: 0, server: server.into(), tool: tool.into(), arguments },
                    resolve,
                    reject,
                )?;
                return Ok(promise.into_value());
            }
            Err(message) => Refused { kind: FailureKind::Arguments, message, server, tool },
        },
        Err(refused) => refused,
    };
    let error = make_error(ctx, refused.kind, &refused.message, refused.server, refused.tool)?;
    reject.call::<_, ()>((error,))?;
    Ok(promise.into_value())
}

/// A call that is not issued.
struct Refused<'a> {
    kind: FailureKind,
    message: String,
    server: &'a str,
    tool: &'a str,
}

/// The server and the tool of a call that may be issued.
fn resolved<'a>(run: &Run, callee: &'a Callee) -> Result<(&'a str, &'a str), Refused<'a>> {
    let limits = run.limits.failures;
    let (server, tool) = match callee {
        Callee::Tool { server, tool } => (server.as_str(), tool.as_str()),
        Callee::NoTool { server, written } => {
            let near = nearest(written, run.names.tools(server));
            let hint = hint(limits, &near, "search_tools lists its tools");
            let message = format!("server `{server}` has no tool `{}`{hint}", limits.name(written));
            return Err(Refused { kind: FailureKind::UnknownTool, message, server, tool: written });
        }
        Callee::NoServer { written, tool } => {
            let near = nearest(written, run.names.aliases());
            let hint = hint(limits, &near, "list_servers lists the servers");
            let message = format!("there is no server `{}`{hint}", limits.name(written));
            return Err(Refused { kind: FailureKind::UnknownTool, message, server: written, tool });
        }
    };
    let calls = run.calls.borrow();
    if calls.issued >= calls.limit {
        let message = format!("a run may make {} calls, and this one has made them", calls.limit);
        return Err(Refused { kind: FailureKind::Calls, message, server, tool });
    }
    Ok((server, tool))
}

fn hint(limits: FailureLimits, near: &[&str], otherwise: &str) -> String {
    if near.is_empty() {
        return format!("; {otherwise}");
    }
    let near: Vec<String> = near.iter().map(|name| format!("`{}`", limits.name(name))).collect();
    format!("; did you mean {}?", near.join(" or "))
}

fn issue<'js>(
    ctx: &Ctx<'js>,
    run: &Run,
    mut call: ToolCall,
    resolve: Function<'js>,
    reject: Function<'js>,
) -> Result<(), Error> {
    let error = make_error(ctx, FailureKind::Tool, "", &call.server, &call.tool)?;
    let pending = Pending {
        resolve: Persistent::save(ctx, resolve),
        reject: Persistent::save(ctx, reject),
        error: Persistent::save(ctx, error),
    };
    let mut calls = run.calls.borrow_mut();
    call.number = calls.issued;
    calls.issued += 1;
    if let Some(unawaited) = &mut calls.unawaited {
        unawaited.push(call.number);
    }
    calls.pending.insert(call.number, pending);
    calls.outbox.push(call);
    Ok(())
}

/// Gives a settled call its value or its error. `false` when no such call is under way.
pub(crate) fn settle(ctx: &Ctx<'_>, run: &Run, settlement: Settlement) -> Result<bool, Error> {
    let Some(pending) = run.calls.borrow_mut().take(settlement.number) else { return Ok(false) };
    run.elapsed_ms.set(run.elapsed_ms.get().max(settlement.elapsed_ms));
    let Pending { resolve, reject, error } = pending;
    let (resolve, reject, error) = (resolve.restore(ctx)?, reject.restore(ctx)?, error.restore(ctx)?);
    let failure = match settlement.outcome {
        Ok(text) => match json::parse(ctx, text) {
            Ok(value) => {
                resolve.call::<_, ()>((value,))?;
                return Ok(true);
            }
            Err(ParseError::TooDeep) => CallFailure {
                kind: FailureKind::Stack,
                message: format!("the result of the tool nests deeper than {} levels", json::BORDER_NESTING),
                code: None,
                data: None,
            },
            Err(ParseError::Thrown) => {
                reject.call::<_, ()>((ctx.catch(),))?;
                return Ok(true);
            }
        },
        Err(failure) => failure,
    };
    complete_error(ctx, &error, failure)?;
    reject.call::<_, ()>((error,))?;
    Ok(true)
}
