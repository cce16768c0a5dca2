//! A call takes one object, which is sent as JSON; anything else rejects, and nothing is sent.

mod support;

use javascript::FailureKind;
use serde_json::json;
use support::run;

#[test]
fn an_object_is_sent_as_json_has_it() {
    for (arguments, sent) in [
        ("", "{}"),
        ("undefined", "{}"),
        ("{}", "{}"),
        ("{ a: 1 }, 2, 3", "{\"a\":1}"),
        ("{ b: undefined, a: [undefined, NaN] }", "{\"a\":[null,null]}"),
        ("{ date: new Date(0), text: '\\ud800' }", "{\"date\":\"1970-01-01T00:00:00.000Z\",\"text\":\"�\"}"),
        ("{ ['__proto__']: 1 }", "{\"__proto__\":1}"),
        ("{ toJSON: () => ({ made: 1 }) }", "{\"made\":1}"),
        ("Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } })", "{\"own\":2}"),
        ("new (class Query { limit = 1; get hidden() { return 2 } })()", "{\"limit\":1}"),
        ("new Map([['a', 1]])", "{}"),
        ("{ error: new Error('x') }", "{\"error\":{\"name\":\"Error\",\"message\":\"x\"}}"),
    ] {
        let ran = run(&format!("await tools.up.echo({arguments})"));
        assert_eq!(ran.calls.iter().map(|call| call.arguments.as_str()).collect::<Vec<_>>(), [sent], "{arguments}");
    }
}

#[test]
fn what_cannot_be_sent_rejects() {
    for (arguments, says) in [
        ("null", "up.echo takes one object with its arguments, and got null"),
        ("1", "got a number"),
        ("'path'", "got a string"),
        ("true", "got a boolean"),
        ("10n", "got a BigInt"),
        ("Symbol('s')", "got a symbol"),
        ("[1]", "got an array"),
        ("() => 1", "got a function"),
        ("{ n: 10n }", "cannot call up.echo: arguments.n is a BigInt"),
        ("{ list: [{ f() {} }] }", "arguments.list[0].f is a function"),
        ("{ p: tools.up.say }", "arguments.p is a function"),
        ("{ p: Promise.resolve(1) }", "arguments.p is a promise: await it"),
        ("(() => { const o = {}; o.o = o; return o })()", "arguments.o contains itself"),
        ("{ toJSON: () => [1] }", "the arguments are no object"),
        ("{ toJSON() {} }", "the arguments are no object"),
        ("new Proxy([], {})", "the arguments are no object"),
        ("(() => { let o = {}; for (let i = 0; i < 200; i++) o = { o }; return o })()", "nests deeper than 120 levels"),
    ] {
        let ran = run(&format!("await tools.up.echo({arguments})"));
        assert_eq!(ran.kind(), Some(FailureKind::Arguments), "{arguments}: {ran:?}");
        assert!(ran.failure().message.contains(says), "{arguments}: {}", ran.failure().message);
        assert!(ran.calls.is_empty() && ran.place().starts_with("1:"), "{arguments}: {ran:?}");
        let caught =
            run(&format!("return tools.up.echo({arguments}).catch((e) => [e.name, e.server, e.tool, 'kind' in e])"));
        assert_eq!(caught.value(), json!(["Error", "up", "echo", false]), "{arguments}");
    }
}

#[test]
fn an_argument_that_throws_rejects_or_throws() {
    for arguments in ["{ get a() { throw new Error('mine') } }", "{ toJSON() { throw new Error('mine') } }"] {
        let code = format!("try {{ await tools.up.echo({arguments}) }} catch (error) {{ return error.message }}");
        let ran = run(&code);
        assert_eq!((ran.value(), ran.calls.len()), (json!("mine"), 0), "{arguments}");
    }
}
