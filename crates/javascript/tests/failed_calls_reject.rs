//! A call that fails rejects with an `Error` that says of which tool and why; uncaught, it is how the script ended.

mod support;

use javascript::{CallFailure, FailureKind};
use serde_json::{Value, json};
use support::{Ran, program, run, run_program, tool_failure};

fn full() -> CallFailure {
    CallFailure {
        kind: FailureKind::Tool,
        message: "disk full".to_string(),
        code: Some(-32_603),
        data: Some("{\"free\":0}".to_string()),
    }
}

fn failing(failure: CallFailure, code: &str) -> Ran {
    run_program(program(code), |_| Err(failure.clone()))
}

#[test]
fn a_caught_error_tells_everything() {
    for (code, expected) in [
        ("e.message", json!("disk full")),
        ("[e.server, e.tool, e.code, e.data.free]", json!(["up", "echo", -32_603, 0])),
        ("[e instanceof Error, e.name, String(e)]", json!([true, "Error", "Error: disk full"])),
        ("Object.keys(e)", json!(["server", "tool", "code", "data"])),
        ("e.stack.includes('script:1')", json!(true)),
        ("({ ...e })", json!({"server": "up", "tool": "echo", "code": -32_603, "data": {"free": 0}})),
        (
            "e",
            json!({"name": "Error", "message": "disk full", "server": "up", "tool": "echo", "code": -32_603, "data": {"free": 0}}),
        ),
    ] {
        let caught = format!("try {{ await tools.up.echo({{}}) }} catch (e) {{ return {code} }}");
        assert_eq!(failing(full(), &caught).value(), expected, "{code}");
        let handled = format!("return tools.up.echo({{}}).catch((e) => {code})");
        assert_eq!(failing(full(), &handled).value(), expected, "{code}");
    }
}

#[test]
fn what_a_failure_does_not_have_the_error_has_not() {
    let code = "return tools.up.echo().catch((e) => [Object.keys(e), 'code' in e, 'data' in e])";
    assert_eq!(failing(tool_failure("x"), code).value(), json!([["server", "tool"], false, false]));
    let no_json = CallFailure { data: Some("{broken".to_string()), ..full() };
    assert_eq!(failing(no_json, code).value(), json!([["server", "tool", "code"], true, false]));
    let deep = CallFailure { data: Some("[".repeat(5000)), ..full() };
    assert_eq!(failing(deep, code).value(), json!([["server", "tool", "code"], true, false]));
}

#[test]
fn all_settled_and_any_see_it() {
    let code = "const all = await Promise.allSettled([tools.up.echo(), tools.up.fail()]);
        return all.map(({ status, value, reason }) => [status, value ?? reason.message])";
    assert_eq!(run(code).value(), json!([["fulfilled", {}], ["rejected", "disk full"]]));
    let code = "return Promise.any([tools.up.fail(), tools.up.say()])";
    assert_eq!(run(code).value(), json!("said"));
    let ran = run("return Promise.any([tools.up.fail()])");
    assert_eq!((ran.kind(), ran.failure().message.contains("AggregateError")), (Some(FailureKind::Runtime), true));
}

/// Ways not to catch a failure.
const UNCAUGHT: &[&str] = &[
    "await tools.up.echo({})",
    "return tools.up.echo({})",
    "tools.up.echo({})",
    "await Promise.all([tools.up.echo({}), 1])",
    "try { await tools.up.echo({}) } finally { console.log('bye') }",
    "try { await tools.up.echo({}) } catch (error) { throw error }",
    "try { await tools.up.echo({}) } catch (error) { error.message = 'changed'; error.kind = 'memory'; throw error }",
    "await (async () => { for await (const x of [tools.up.echo({})]) x })()",
];

#[test]
fn an_uncaught_error_is_how_the_script_ended() {
    for kind in [FailureKind::Tool, FailureKind::Arguments, FailureKind::UnknownTool, FailureKind::Timeout] {
        for code in UNCAUGHT {
            let ran = failing(CallFailure { kind, ..full() }, code);
            assert_eq!(ran.kind(), Some(kind), "{code}");
            let failure = ran.failure();
            assert!(["disk full", "changed"].contains(&failure.message.as_str()), "{code}: {}", failure.message);
            let call = code.find("tools.up.echo").expect("the call") as u32;
            let column = ran.failure().position.expect("a place").column;
            assert!((call..call + 20).contains(&column), "{code}: where the call is, not {column}");
        }
    }
}

#[test]
fn an_error_of_the_script_itself_is_of_no_other_kind() {
    for code in [
        "const e = new Error('x'); e.kind = 'tool'; e.server = 'up'; e.tool = 'echo'; throw e",
        "throw Object.assign(new Error('x'), { kind: 'compute', name: 'ToolError' })",
        "class ToolError extends Error { kind = 'tool' } throw new ToolError('x')",
        "try { await tools.up.fail() } catch (e) { throw new Error('mine', { cause: e }) }",
        "try { await tools.up.fail() } catch (e) { throw Object.create(e) }",
        "try { await tools.up.fail() } catch (e) { throw { ...e } }",
        "throw new RangeError('x')",
        "throw new InternalError('out of memory')",
    ] {
        assert_eq!(run(code).kind(), Some(FailureKind::Runtime), "{code}");
    }
}

#[test]
fn anything_can_be_thrown() {
    for (code, message) in [
        ("throw new Error('plain')", "plain"),
        ("throw new TypeError('typed')", "TypeError: typed"),
        ("throw 'text'", "the script threw 'text'"),
        ("throw 42", "the script threw 42"),
        ("throw undefined", "the script threw undefined"),
        ("throw null", "the script threw null"),
        ("throw { code: 1 }", "the script threw { code: 1 }"),
        ("throw [1n, Symbol('s')]", "the script threw [ 1n, Symbol(s) ]"),
        ("null.x", "TypeError: cannot read property 'x' of null"),
        ("nowhere()", "ReferenceError: nowhere is not defined"),
        ("const a = 1; a = 2", "TypeError: 'a' is read-only"),
        ("await Promise.reject('text')", "the script threw 'text'"),
        ("throw Object.defineProperty(new Error('x'), 'message', { get() { throw 1 } })", ""),
        ("throw Object.assign(new Error('x'), { name: 1, message: {} })", ""),
        ("throw new Proxy(new Error('x'), { get() { throw 1 } })", "the script threw Error: x\n    at 1:21"),
    ] {
        let ran = run(code);
        assert_eq!((ran.kind(), ran.failure().message.as_str()), (Some(FailureKind::Runtime), message), "{code}");
    }
    assert_eq!(run("try { throw { n: 1 } } catch ({ n }) { return n }").value(), Value::from(1));
}
