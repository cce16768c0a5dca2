//! What an agent gets back from a run (code-mode.md, "Results").

mod frame;
mod hint;
mod media;

use crate::{
    run::{CallRecord, CallStatus, Report},
    settings::{Settings, bytes},
};
use contracts::execution::{Failure, FailureKind, LogLevel, LogLine};
use serde_json::{Value, json};
use std::fmt::Write;

/// What helps where a result is cut.
const ADVICE: &str = "Return less: filter, pick fields, or summarise in the script.";

/// The `CallToolResult` of a run.
pub fn tool_result(code: &str, report: &Report, execution_id: &str, settings: &Settings) -> Value {
    let mut structured = json!({});
    let mut truncated = false;
    let mut blocks = Vec::new();
    match &report.result {
        Ok(None) => {}
        Ok(Some(text)) => {
            let mut value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
            blocks = media::take_media(&mut value, bytes(settings.run_media));
            (structured["result"], truncated) = truncation::value(value, bytes(settings.run_result), "result", ADVICE);
        }
        Err(failure) => structured["error"] = error(code, failure, settings),
    }
    structured["logs"] = report.logs.iter().map(log).collect();
    let (listed, others) = listed_calls(report, settings);
    structured["calls"] = listed.iter().map(call).collect();
    if !others.is_empty() {
        structured["calls_left_out"] = json!(others.len());
    }
    structured["truncated"] = json!(truncated);
    structured["execution_id"] = json!(execution_id);
    structured["duration_ms"] = json!(report.duration_ms);

    let text = match &report.result {
        Ok(_) => structured.to_string(),
        Err(failure) => explain(code, failure, report, settings),
    };
    blocks.insert(0, json!({"type": "text", "text": text}));
    let mut result = json!({"content": blocks, "structuredContent": structured});
    if report.result.is_err() {
        result["isError"] = json!(true);
    }
    result
}

/// The JSON Schema of `structuredContent`.
pub fn output_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "result": {"description": "What the script returned. Absent: undefined."},
            "error": {
                "type": "object",
                "description": "Why there is no result.",
                "properties": {
                    "kind": {"enum": FAILURE_KINDS.map(kind_name)},
                    "message": {"type": "string"},
                    "line": {"type": "integer"},
                    "column": {"type": "integer"},
                    "stack": {"type": "string"},
                    "frame": {"type": "string"}
                },
                "required": ["kind", "message"]
            },
            "logs": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"level": {"enum": ["debug", "log", "info", "warn", "error"]}, "text": {"type": "string"}},
                    "required": ["level", "text"]
                }
            },
            "calls": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "server": {"type": "string"},
                        "tool": {"type": "string"},
                        "ms": {"type": "integer"},
                        "status": {"enum": ["ok", "error", "cancelled", "not_sent"]},
                        "unawaited": {"type": "boolean"}
                    },
                    "required": ["server", "tool", "ms", "status"]
                }
            },
            "calls_left_out": {"type": "integer", "description": "Further calls that are not listed."},
            "truncated": {"type": "boolean"},
            "execution_id": {"type": "string"},
            "duration_ms": {"type": "integer"}
        },
        "required": ["logs", "calls", "truncated", "execution_id", "duration_ms"]
    })
}

/// What went wrong, in the terms of those who read it, and what to do about it where that is known.
fn message(code: &str, failure: &Failure, settings: &Settings) -> String {
    if failure.kind == FailureKind::Compute {
        // The interpreter counts steps; an operator sets milliseconds.
        let limit_ms = settings.run_compute;
        return format!(
            "The script computed for longer than the limit of {limit_ms} ms (run_compute). Do less in one run."
        );
    }
    let message = settings.message(&failure.message);
    match hint::hint(code, failure) {
        Some(hint) => format!("{}. {hint}", message.trim_end_matches('.')),
        None => message.into_owned(),
    }
}

fn error(code: &str, failure: &Failure, settings: &Settings) -> Value {
    let message = message(code, failure, settings);
    let mut error = json!({"kind": kind_name(failure.kind), "message": message});
    if let Some(position) = &failure.position {
        error["line"] = json!(position.line);
        error["column"] = json!(position.column);
        if let Some(frame) = frame::frame(code, position) {
            error["frame"] = json!(frame);
        }
    }
    if !failure.stack.is_empty() {
        error["stack"] = json!(truncation::text(&failure.stack, bytes(settings.error_stack)));
    }
    error
}

fn log(line: &LogLine) -> Value {
    json!({"level": level_name(line.level), "text": line.text})
}

fn call(call: &CallRecord) -> Value {
    let mut value =
        json!({"server": call.server, "tool": call.tool, "ms": call.ms, "status": status_name(call.status)});
    if call.unawaited {
        value["unawaited"] = json!(true);
    }
    value
}

/// The calls that are listed, and the others.
fn listed_calls<'a>(report: &'a Report, settings: &Settings) -> (&'a [CallRecord], &'a [CallRecord]) {
    report.calls.split_at(report.calls.len().min(bytes(settings.listed_calls)))
}

fn count_ok(calls: &[CallRecord]) -> usize {
    calls.iter().filter(|call| call.status == CallStatus::Ok).count()
}

/// The text of a failed run: what went wrong where, and which calls a retry would repeat.
fn explain(code: &str, failure: &Failure, report: &Report, settings: &Settings) -> String {
    let mut text = format!("{} error: {}", kind_name(failure.kind), message(code, failure, settings));
    if let Some(position) = &failure.position {
        let _ = write!(text, "\nat line {}, column {}", position.line, position.column);
        if let Some(frame) = frame::frame(code, position) {
            let _ = write!(text, "\n{frame}");
        }
    }
    let count = |status| report.calls.iter().filter(|call| call.status == status).count();
    if !report.calls.is_empty() {
        text.push_str("\n\nCalls of this run (do not repeat the ones that went through, if they write):");
        let (listed, others) = listed_calls(report, settings);
        for call in listed {
            let _ = write!(text, "\n- {}.{}: {}, {} ms", call.server, call.tool, status_name(call.status), call.ms);
        }
        if !others.is_empty() {
            let _ = write!(text, "\n… {} more calls, {} of them ok", others.len(), count_ok(others));
        }
        let open = count(CallStatus::Cancelled);
        if open > 0 {
            let _ = write!(text, "\n{open} cancelled: sent, but not answered in time; they may have had their effect.");
        }
    }
    if !report.logs.is_empty() {
        text.push_str("\n\nLogs:");
        for line in &report.logs {
            let _ = write!(text, "\n[{}] {}", level_name(line.level), line.text);
        }
    }
    text
}

const FAILURE_KINDS: [FailureKind; 12] = [
    FailureKind::Syntax,
    FailureKind::Runtime,
    FailureKind::Tool,
    FailureKind::Arguments,
    FailureKind::UnknownTool,
    FailureKind::Timeout,
    FailureKind::Compute,
    FailureKind::Memory,
    FailureKind::Stack,
    FailureKind::Calls,
    FailureKind::Result,
    FailureKind::Unsettled,
];

fn kind_name(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Syntax => "syntax",
        FailureKind::Runtime => "runtime",
        FailureKind::Tool => "tool",
        FailureKind::Arguments => "arguments",
        FailureKind::UnknownTool => "unknown_tool",
        FailureKind::Timeout => "timeout",
        FailureKind::Compute => "compute",
        FailureKind::Memory => "memory",
        FailureKind::Stack => "stack",
        FailureKind::Calls => "calls",
        FailureKind::Result => "result",
        FailureKind::Unsettled => "unsettled",
    }
}

fn level_name(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "debug",
        LogLevel::Log => "log",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

fn status_name(status: CallStatus) -> &'static str {
    match status {
        CallStatus::Ok => "ok",
        CallStatus::Error => "error",
        CallStatus::Cancelled => "cancelled",
        CallStatus::NotSent => "not_sent",
    }
}
