//! Runs scripts in sessions of their own, and settles their calls as the test says.

#![allow(dead_code)] // Each test uses a part of it.

use javascript::{
    CallFailure, Failure, FailureKind, FailureLimits, Limits, LogLine, Outcome, Program, Seed, ServerBinding, Session,
    Settlement, Step, ToolCall,
};
use serde_json::Value;

/// What a call gives: JSON text, or why it failed.
pub type Answer = Result<String, CallFailure>;

/// When the runs of these tests begin: 2025-01-02T03:04:05.678Z.
pub const NOW_MS: u64 = 1_735_787_045_678;

/// Limits that an honest script does not reach.
pub const LIMITS: Limits = Limits {
    compute_steps: 20_000_000,
    memory_bytes: 32 << 20,
    calls: 50,
    log_bytes: 32 << 10,
    failures: FailureLimits { message_bytes: 8 << 10, name_bytes: 256, stack_bytes: 4 << 10 },
};

/// A program whose server `up` has the tools `echo`, `say` and `fail`.
pub fn program(code: &str) -> Program {
    Program {
        code: code.to_string(),
        bindings: vec![server("up", &["echo", "say", "fail"])],
        limits: LIMITS,
        seed: Seed { random: 7, now_ms: NOW_MS },
    }
}

/// A server whose tools are known.
pub fn server(alias: &str, tools: &[&str]) -> ServerBinding {
    ServerBinding { alias: alias.to_string(), tools: Some(tools.iter().map(ToString::to_string).collect()) }
}

/// What `echo`, `say` and `fail` answer.
pub fn answer(call: &ToolCall) -> Answer {
    match call.tool.as_str() {
        "fail" => Err(tool_failure("disk full")),
        "say" => Ok("\"said\"".to_string()),
        _ => Ok(call.arguments.clone()),
    }
}

/// A failure of a tool without code and data.
pub fn tool_failure(message: &str) -> CallFailure {
    CallFailure { kind: FailureKind::Tool, message: message.to_string(), code: None, data: None }
}

/// A settlement at the start of the run.
pub fn settled(number: u32, outcome: Answer) -> Settlement {
    Settlement { number, elapsed_ms: 0, outcome }
}

/// A value for a call, at the start of the run.
pub fn gives(number: u32, json: &str) -> Settlement {
    settled(number, Ok(json.to_string()))
}

/// A run that is over.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    pub outcome: Outcome,
    /// Every call, in the order of issue.
    pub calls: Vec<ToolCall>,
    pub logs: Vec<LogLine>,
    pub steps_used: u64,
}

/// Runs a program; every call is answered in the order of issue, one at a time.
pub fn run_program(program: Program, mut answer: impl FnMut(&ToolCall) -> Answer) -> Ran {
    let mut session = Session::new(program);
    let (mut calls, mut logs) = (Vec::new(), Vec::new());
    let mut settled = Vec::new();
    let mut answered = 0;
    loop {
        let step = session.resume(settled);
        logs.extend(session.take_logs());
        match step {
            Step::Waiting(issued) => calls.extend(issued),
            Step::Finished(outcome) => return Ran { outcome, calls, logs, steps_used: session.steps_used() },
        }
        let call: &ToolCall = calls.get(answered).expect("a session waits only for calls");
        answered += 1;
        settled = vec![Settlement { number: call.number, elapsed_ms: answered as u64 * 10, outcome: answer(call) }];
    }
}

/// Runs a script that finds `up`.
pub fn run(code: &str) -> Ran {
    run_program(program(code), answer)
}

/// Runs a script within limits of its own.
pub fn run_within(limits: Limits, code: &str) -> Ran {
    run_program(Program { limits, ..program(code) }, answer)
}

impl Ran {
    /// The JSON text of the result; `None` is `undefined`.
    pub fn text(&self) -> Option<&str> {
        match &self.outcome.result {
            Ok(text) => text.as_deref(),
            Err(failure) => panic!("it failed: {failure:?}"),
        }
    }

    /// The result.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.text().expect("a result")).expect("JSON")
    }

    /// Why it failed.
    pub fn failure(&self) -> &Failure {
        self.outcome.result.as_ref().expect_err("it should fail")
    }

    /// How it ended: the kind of the failure, or nothing.
    pub fn kind(&self) -> Option<FailureKind> {
        self.outcome.result.as_ref().err().map(|failure| failure.kind)
    }

    /// Where it failed.
    pub fn place(&self) -> String {
        self.failure().position.map_or_else(|| "nowhere".to_string(), |position| position.to_string())
    }

    /// The texts of the log.
    pub fn log_texts(&self) -> Vec<&str> {
        self.logs.iter().map(|line| line.text.as_str()).collect()
    }
}

/// Checks that a session after another one finds everything as it should be.
pub fn assert_next_is_healthy(after: &str) {
    let ran = run("console.log({ a: [1] });
        const got = await Promise.all([tools.up.echo({ n: 1 }), tools.up.echo({ n: 2 })]);
        const text = JSON.stringify(JSON.parse('{\"a\":[1]}'));
        return [got.map(({ n }) => n).reduce((a, b) => a + b), text, Object.keys(tools), [...new Map([[1, 2]])]]");
    assert_eq!(ran.outcome.result.as_ref().map(Option::as_deref), Ok(Some(HEALTHY)), "after {after}");
    assert_eq!((ran.log_texts(), ran.calls.len()), (vec!["{ a: [ 1 ] }"], 2), "after {after}");
}

const HEALTHY: &str = r#"[3,"{\"a\":[1]}",["up"],[[1,2]]]"#;
