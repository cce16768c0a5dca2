//! Rejections that nothing in the script handles.

use rquickjs::{Ctx, Persistent, Runtime, Value};

use crate::failure::of_thrown;
use crate::run::Run;
use crate::step::Failure;

/// Rejections that are kept at the most: the first one is reported.
const KEPT: usize = 1000;

/// A promise that was rejected, and why.
pub(crate) struct Rejection {
    promise: Persistent<Value<'static>>,
    reason: Persistent<Value<'static>>,
}

/// Takes note of promises that are rejected while nothing handles them. The promises of calls are not
/// among them: a call that nobody awaits is reported as such.
pub(crate) fn track(runtime: &Runtime, run: &std::rc::Rc<Run>) {
    let run = run.clone();
    runtime.set_host_promise_rejection_tracker(Some(Box::new(move |ctx, promise, reason, is_handled| {
        note(&run, &ctx, promise, reason, is_handled);
    })));
}

fn note<'js>(run: &Run, ctx: &Ctx<'js>, promise: Value<'js>, reason: Value<'js>, is_handled: bool) {
    let mut rejections = run.rejections.borrow_mut();
    if is_handled {
        let handled =
            |rejection: &Rejection| rejection.promise.clone().restore(ctx).is_ok_and(|known| known == promise);
        let found = rejections.iter().position(handled);
        let removed = found.map(|index| rejections.remove(index));
        drop(rejections);
        drop(removed);
    } else if rejections.len() < KEPT {
        rejections.push(Rejection { promise: Persistent::save(ctx, promise), reason: Persistent::save(ctx, reason) });
    }
}

/// The failure that the first of them is.
pub(crate) fn first(ctx: &Ctx<'_>, run: &Run) -> Option<Failure> {
    let reason = run.rejections.borrow().first().map(|rejection| rejection.reason.clone())?;
    let reason = reason.restore(ctx).ok()?;
    let failure = of_thrown(ctx, run, &reason);
    Some(Failure { message: format!("a promise that nothing awaits was rejected: {}", failure.message), ..failure })
}
