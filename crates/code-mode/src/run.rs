//! Drives a script: starts every call that it waits for at once, and resumes it with whichever ends first.
//!
//! Counting, timing and cancelling all sit in this one loop. The interpreter does no I/O, and the loop
//! knows no JavaScript.

mod pace;
mod wall_time;

pub use pace::Pace;
pub use wall_time::WallTime;

use crate::{
    platform::{Clock, Interpreter, Session},
    settings::Settings,
};
use contracts::execution::{
    CallFailure, Failure, FailureKind, FailureLimits, Limits, LogLine, Program, Seed, ServerBinding, Settlement, Step,
    ToolCall,
};
use futures::{
    FutureExt, StreamExt,
    future::{Either, select},
    stream::FuturesUnordered,
};
use mcp_server::Progress;
use std::{collections::VecDeque, future::Future, pin::pin};

/// Makes the calls of a script.
pub trait Caller {
    /// Makes one call; dropping the future cancels it.
    fn call(&self, call: ToolCall) -> impl Future<Output = Called>;
}

/// How a call ended.
pub struct Called {
    /// The value as JSON text, or why the script sees an Error.
    pub outcome: Result<String, CallFailure>,
    /// Whether anything went to the server.
    pub sent: bool,
}

/// What to run.
pub struct Script {
    /// The agent's code.
    pub code: String,
    /// What it finds in `tools`.
    pub bindings: Vec<ServerBinding>,
    /// When it is over, the script is stopped.
    pub wall_time: WallTime,
}

/// What happened.
pub struct Report {
    /// The returned value as JSON text (`None` is `undefined`), or why there is none.
    pub result: Result<Option<String>, Failure>,
    pub logs: Vec<LogLine>,
    /// Every call that was issued, in order of issue.
    pub calls: Vec<CallRecord>,
    /// Milliseconds from when the run was asked for.
    pub duration_ms: u64,
}

/// A call that a script made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// As long as names may be in a report, like `tool`.
    pub server: String,
    pub tool: String,
    /// Milliseconds from when it was sent until it ended.
    pub ms: u64,
    pub status: CallStatus,
    /// Whether the script was done before the call was.
    pub unawaited: bool,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStatus {
    /// It succeeded.
    Ok,
    /// It failed; the script saw an Error.
    Error,
    /// It was sent, and the run ended before it: it may have had its effect.
    Cancelled,
    /// Nothing was sent: it was refused here, or the run ended first.
    NotSent,
}

struct Ended {
    settlement: Settlement,
    sent: bool,
    ms: u64,
}

/// Runs a script to its end, to its timeout, or until the future is dropped, which cancels its calls.
pub async fn run<P: Interpreter + Clock>(
    platform: &P,
    caller: &impl Caller,
    pace: &Pace,
    settings: &Settings,
    script: Script,
    progress: &dyn Progress,
) -> Report {
    let (began_us, wall_time) = (platform.monotonic_us(), script.wall_time);
    let session = platform.start(&program(platform, pace, settings, script));
    let mut deadline = pin!(platform.sleep_ms(wall_time.left_ms(platform)).fuse());
    let mut calls: Vec<CallRecord> = Vec::new();
    let mut queue: VecDeque<ToolCall> = VecDeque::new();
    let mut in_flight = FuturesUnordered::new();
    let mut settled: Vec<Settlement> = Vec::new();

    let result = loop {
        match pace.measure(platform, &session, &settled) {
            Step::Finished(outcome) => {
                for number in outcome.unawaited {
                    if let Some(call) = calls.get_mut(number as usize) {
                        call.unawaited = true;
                    }
                }
                break outcome.result;
            }
            Step::Waiting(issued) => {
                calls.extend(issued.iter().map(|call| CallRecord::issued(call, settings)));
                queue.extend(issued);
            }
        }
        // The script may have computed until its time was over.
        if wall_time.is_over(platform) {
            break Err(timed_out(wall_time));
        }
        while in_flight.len() < settings.run_in_flight as usize
            && let Some(call) = queue.pop_front()
        {
            if let Some(record) = calls.get_mut(call.number as usize) {
                progress.report(&format!("{}.{} started", record.server, record.tool));
                record.status = CallStatus::Cancelled;
                record.ms = elapsed_ms(platform, began_us);
            }
            in_flight.push(send(platform, caller, began_us, call));
        }
        if in_flight.is_empty() {
            break Err(nothing_to_wait_for());
        }
        match select(in_flight.next(), &mut deadline).await {
            Either::Left((ended, _)) => {
                let ready = std::iter::from_fn(|| in_flight.next().now_or_never().flatten());
                settled = ended.into_iter().chain(ready).map(|ended| record(&mut calls, ended, progress)).collect();
            }
            Either::Right(_) => break Err(timed_out(wall_time)),
        }
        // Calls that are always ready would never let the deadline be looked at.
        if wall_time.is_over(platform) {
            break Err(timed_out(wall_time));
        }
    };
    let ended_ms = elapsed_ms(platform, began_us);
    // Until a call ends, `ms` holds when it was sent.
    for call in calls.iter_mut().filter(|call| call.status == CallStatus::Cancelled) {
        call.ms = ended_ms.saturating_sub(call.ms);
    }
    Report { result, logs: session.take_logs(), calls, duration_ms: wall_time.spent_ms(platform) }
}

fn program(platform: &impl Clock, pace: &Pace, settings: &Settings, script: Script) -> Program {
    let bytes = |setting: u64| u32::try_from(setting).unwrap_or(u32::MAX);
    Program {
        code: script.code,
        bindings: script.bindings,
        limits: Limits {
            compute_steps: pace.steps(settings.run_compute),
            memory_bytes: bytes(settings.run_memory),
            calls: bytes(settings.run_calls),
            log_bytes: bytes(settings.run_logs),
            failures: FailureLimits {
                message_bytes: bytes(settings.error_message),
                name_bytes: bytes(settings.error_name),
                stack_bytes: bytes(settings.error_stack),
            },
        },
        seed: Seed { random: platform.random(), now_ms: platform.now_ms() },
    }
}

async fn send(clock: &impl Clock, caller: &impl Caller, began_us: u64, call: ToolCall) -> Ended {
    let sent_us = clock.monotonic_us();
    let number = call.number;
    let Called { outcome, sent } = caller.call(call).await;
    let settlement = Settlement { number, elapsed_ms: elapsed_ms(clock, began_us), outcome };
    Ended { settlement, sent, ms: elapsed_ms(clock, sent_us) }
}

fn record(calls: &mut [CallRecord], ended: Ended, progress: &dyn Progress) -> Settlement {
    if let Some(call) = calls.get_mut(ended.settlement.number as usize) {
        call.ms = ended.ms;
        call.status = match &ended.settlement.outcome {
            Ok(_) => CallStatus::Ok,
            Err(_) if ended.sent => CallStatus::Error,
            Err(_) => CallStatus::NotSent,
        };
        let how = if call.status == CallStatus::Ok { "done" } else { "failed" };
        progress.report(&format!("{}.{} {how} after {} ms", call.server, call.tool, call.ms));
    }
    ended.settlement
}

impl CallRecord {
    fn issued(call: &ToolCall, settings: &Settings) -> Self {
        Self {
            server: settings.name(&call.server).into_owned(),
            tool: settings.name(&call.tool).into_owned(),
            ms: 0,
            status: CallStatus::NotSent,
            unawaited: false,
        }
    }
}

fn elapsed_ms(clock: &impl Clock, since_us: u64) -> u64 {
    clock.monotonic_us().saturating_sub(since_us) / 1_000
}

fn timed_out(wall_time: WallTime) -> Failure {
    Failure {
        kind: FailureKind::Timeout,
        message: format!(
            "The run was stopped after {} ms, its limit of wall time. Do less in one script, or run independent calls in parallel with Promise.all.",
            wall_time.limit_ms()
        ),
        position: None,
        stack: String::new(),
    }
}

/// A session that waits although every call has been settled breaks its contract.
fn nothing_to_wait_for() -> Failure {
    Failure {
        kind: FailureKind::Unsettled,
        message: "The script waits for something that no call can settle.".to_string(),
        position: None,
        stack: String::new(),
    }
}
