//! `tools` has every server and tool by its name and by an identifier; what it has not is an error with a hint.

mod support;

use javascript::{FailureKind, Program, ServerBinding};
use serde_json::json;
use support::{Ran, answer, assert_next_is_healthy, program, run, run_program, server};

/// Servers and tools with names that are hard to write, and one whose tools are not known yet.
fn with_odd_names(code: &str) -> Ran {
    let bindings = vec![
        server("my-srv", &["resolve-library-id", "a-b", "a.b", "a_b", "then", "toJSON", "constructor", "größe", "1st"]),
        server("files", &["read_file", "write_file", "list_directory"]),
        server("my", &["srv_a_b", "tool"]),
        server("toString", &["valueOf"]),
        ServerBinding { alias: "later".to_string(), tools: None },
    ];
    run_program(Program { bindings, ..program(code) }, answer)
}

/// Expressions that call, and what is called.
const CALLED: &[(&str, &str, &str)] = &[
    ("tools.files.read_file()", "files", "read_file"),
    ("tools['files']['read_file']()", "files", "read_file"),
    ("tools['my-srv']['resolve-library-id']()", "my-srv", "resolve-library-id"),
    ("tools.my_srv.resolve_library_id()", "my-srv", "resolve-library-id"),
    ("tools.my_srv['resolve-library-id']()", "my-srv", "resolve-library-id"),
    ("tools.my_srv.a_b()", "my-srv", "a_b"),
    ("tools.my_srv['a-b']()", "my-srv", "a-b"),
    ("tools.my_srv.a_b_2()", "my-srv", "a-b"),
    ("tools.my_srv['a.b']()", "my-srv", "a.b"),
    ("tools.my_srv.a_b_3()", "my-srv", "a.b"),
    ("tools.my_srv._then()", "my-srv", "then"),
    ("tools.my_srv._toJSON()", "my-srv", "toJSON"),
    ("tools.my_srv.constructor()", "my-srv", "constructor"),
    ("tools.my_srv['größe']()", "my-srv", "größe"),
    ("tools.my_srv.gr__e()", "my-srv", "größe"),
    ("tools.my_srv._1st()", "my-srv", "1st"),
    ("tools.my_srv['1st']()", "my-srv", "1st"),
    ("tools.toString.valueOf()", "toString", "valueOf"),
    ("tools.later['any name']()", "later", "any name"),
    ("files_read_file()", "files", "read_file"),
    ("globalThis.files_read_file()", "files", "read_file"),
    ("my_srv_resolve_library_id()", "my-srv", "resolve-library-id"),
    // `my` and its tool `srv_a_b` come first in order of bytes.
    ("my_srv_a_b()", "my", "srv_a_b"),
    ("my_tool()", "my", "tool"),
    ("later_something()", "later", "something"),
    ("(0, tools.files.read_file)()", "files", "read_file"),
    ("tools.files.read_file.call(null, {})", "files", "read_file"),
    ("tools?.files?.read_file?.({})", "files", "read_file"),
    ("new Map(Object.entries(tools.files)).get('read_file')()", "files", "read_file"),
];

#[test]
fn every_name_calls_its_tool() {
    for (code, server, tool) in CALLED {
        let ran = with_odd_names(&format!("const {{ read_file: own }} = tools.files; await {code}; return 1"));
        assert_eq!(ran.outcome.result.as_ref().map(Option::as_deref), Ok(Some("1")), "{code}");
        let called: Vec<_> = ran.calls.iter().map(|call| (call.server.as_str(), call.tool.as_str())).collect();
        assert_eq!(called, [(*server, *tool)], "{code}");
    }
}

/// Calls of what is not there, and what the message says.
const UNKNOWN: &[(&str, &str)] = &[
    ("tools.files.readFile()", "server `files` has no tool `readFile`; did you mean `read_file`?"),
    ("tools.files.raed_file()", "did you mean `read_file`"),
    ("tools.files.directory()", "did you mean `list_directory`?"),
    ("tools.files.send_mail()", "server `files` has no tool `send_mail`; search_tools lists its tools"),
    ("tools.files['']()", "server `files` has no tool ``"),
    ("tools.file.read_file()", "there is no server `file`; did you mean `files`?"),
    ("tools.mail.send()", "there is no server `mail`; list_servers lists the servers"),
    ("tools['😀'].x()", "there is no server `😀`"),
];

#[test]
fn what_is_not_there_rejects_with_the_nearest_names() {
    for (code, says) in UNKNOWN {
        let ran = with_odd_names(&format!("await {code}"));
        assert_eq!(ran.kind(), Some(FailureKind::UnknownTool), "{code}: {ran:?}");
        assert!(ran.failure().message.contains(says), "{code}: {}", ran.failure().message);
        assert!(ran.failure().stack.starts_with("at 1:"), "{code}: {}", ran.failure().stack);
        assert!(ran.calls.is_empty(), "nothing is sent");
        let caught = with_odd_names(&format!(
            "try {{ await {code} }} catch (error) {{ return [error instanceof Error, error.server, typeof error.tool] }}"
        ));
        assert_eq!(caught.value()[0], json!(true), "{code}");
        assert_eq!(caught.value()[2], json!("string"), "{code}");
        let asynchronous = format!("const p = {code}; return [p instanceof Promise, await p.then(() => 1, () => 2)]");
        assert_eq!(with_odd_names(&asynchronous).value(), json!([true, 2]), "it rejects, and does not throw");
    }
}

#[test]
fn a_flat_name_that_is_not_there_is_no_name() {
    let ran = with_odd_names("files_send_mail()");
    assert_eq!(ran.kind(), Some(FailureKind::Runtime));
    assert_eq!(ran.failure().message, "ReferenceError: files_send_mail is not defined");
    assert_eq!(with_odd_names("typeof files_send_mail + typeof files_read_file").value(), json!("undefinedfunction"));
}

#[test]
fn tools_can_be_listed() {
    for (code, expected) in [
        ("Object.keys(tools)", json!(["my_srv", "files", "my", "toString", "later"])),
        ("Object.keys(tools.files)", json!(["read_file", "write_file", "list_directory"])),
        (
            "Object.keys(tools['my-srv'])",
            json!(["resolve_library_id", "a_b_2", "a_b_3", "a_b", "_then", "_toJSON", "constructor", "gr__e", "_1st"]),
        ),
        ("Object.keys(tools.later)", json!([])),
        ("Object.keys(tools.nowhere)", json!([])),
        (
            "['files' in tools, 'my-srv' in tools, 'my_srv' in tools, 'nowhere' in tools]",
            json!([true, true, true, false]),
        ),
        ("['read_file' in tools.files, 'x' in tools.files, 'toString' in tools.files]", json!([true, false, true])),
        ("[Object.hasOwn(tools, 'files'), Object.hasOwn(tools, 'valueOf')]", json!([true, false])),
        ("const names = []; for (const name in tools.files) names.push(name); names.length", json!(3)),
        ("[typeof tools, typeof tools.files, typeof tools.files.read_file]", json!(["object", "object", "function"])),
        ("[tools.files.read_file.name, tools.files.read_file.length]", json!(["read_file", 1])),
        ("tools.files === tools.files && tools.files.read_file === tools.files.read_file", json!(true)),
        ("Object.entries(tools.files).map(([name, tool]) => name + typeof tool)[0]", json!("read_filefunction")),
        ("const { files: { read_file } } = tools; typeof read_file", json!("function")),
    ] {
        assert_eq!(with_odd_names(code).value(), expected, "{code}");
    }
}

#[test]
fn tools_and_servers_are_no_promises() {
    for (code, expected) in [
        ("return [(await tools) === tools, (await tools.files) === tools.files]", json!([true, true])),
        ("const f = await tools.files.read_file; return typeof f", json!("function")),
        (
            "return [tools.then, tools.files.then, tools.nowhere.then, tools.toJSON].map((x) => typeof x)",
            json!(["undefined", "undefined", "undefined", "undefined"]),
        ),
        ("return (async () => tools)().then((same) => same === tools)", json!(true)),
        (
            "return [`${typeof tools[Symbol.iterator]}`, String(Object.prototype.toString.call(tools))]",
            json!(["undefined", "[object Object]"]),
        ),
    ] {
        assert_eq!(with_odd_names(code).value(), expected, "{code}");
    }
}

#[test]
fn tools_cannot_be_changed() {
    for attempt in [
        "tools.up = { echo: () => ({ n: 666 }) }",
        "tools.up.echo = () => ({ n: 666 })",
        "delete tools.up",
        "delete tools.up.echo",
        "Object.defineProperty(tools, 'up', { value: 1 })",
        "Object.defineProperty(tools.up, 'echo', { value: () => ({ n: 666 }) })",
        "Object.setPrototypeOf(tools, { up: 1 })",
        "Object.assign(tools, { up: 1, more: 2 })",
        "tools.__proto__ = { up: 1 }",
        "Reflect.set(tools, 'up', 1, tools)",
        "Object.prototype.up = { echo: () => ({ n: 666 }) }",
        "Object.freeze(tools)",
        "Object.defineProperty(tools.up.echo, 'call', { value: 1 })",
    ] {
        let ran = run(&format!("try {{ {attempt} }} catch {{}}\nreturn tools.up.echo({{ n: 7 }})"));
        assert_eq!((ran.value(), ran.calls.len()), (json!({"n": 7}), 1), "{attempt}");
        assert_eq!(
            run(&format!("'use strict'; try {{ {attempt}; return 1 }} catch (e) {{ return e.name }}")).kind(),
            None
        );
    }
    assert_eq!(run("tools = { up: { echo: () => 'mine' } }; tools.up.echo()").value(), json!("mine"));
    assert_next_is_healthy("changes of tools");
}

#[test]
fn a_script_may_use_the_names_for_its_own() {
    for code in [
        "const up_echo = 1; return up_echo",
        "globalThis.up_echo = 1; return up_echo",
        "var up_echo = 1; return up_echo",
        "function up_echo() { return 1 } return up_echo()",
        "const tools = 1; return tools",
        "let console = 1; return console",
    ] {
        assert_eq!(run(code).value(), json!(1), "{code}");
    }
}

#[test]
fn many_servers_cost_nothing_until_they_are_used() {
    let tools: Vec<String> = (0..500).map(|n| format!("tool_{n}")).collect();
    let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
    let bindings = (0..100).map(|n| server(&format!("server{n}"), &tools)).collect();
    let ran = run_program(Program { bindings, ..program("return tools.server99.tool_499({ n: 1 })") }, answer);
    assert_eq!(ran.value(), json!({"n": 1}));
}
