//! A script that is wrong comes back with the kind of error, the place in the agent's own code with a caret under it,
//! and what was already done.

use serde_json::{Value, json};
use tests::client::{Client, Run};
use tests::gateway::Gateway;
use tests::upstream::{Canned, CannedTool, servers};

/// Runs `check` against a gateway whose server `up` has the tools `write` and `fail`.
fn with_gateway<F: AsyncFnOnce(Client)>(check: F) {
    tests::run(async {
        let failing = json!({"content": [{"type": "text", "text": "disk full"}], "isError": true});
        let strict = json!({"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]});
        let upstream = Canned::start([
            CannedTool::text("write", "written"),
            CannedTool::new("fail", tests::upstream::Reply::Result(failing)),
            CannedTool::text("read", "x").with("inputSchema", strict),
        ])
        .await;
        let gateway = Gateway::start(&servers([("up", upstream.url())])).await;
        check(gateway.client()).await;
    });
}

/// A wrong script. `at` stands before the place that the error has to name, and is taken out before it runs.
struct Wrong {
    code: &'static str,
    kind: &'static str,
    says: &'static str,
}

const AT: &str = "¶";

const WRONG: [Wrong; 20] = [
    Wrong { code: "const a = 1;\nreturn a +¶;", kind: "syntax", says: "SyntaxError" },
    Wrong { code: "const rows = [1, 2;¶\nreturn rows", kind: "syntax", says: "" },
    Wrong { code: "const a = 1;\nconst ¶a = 2;", kind: "syntax", says: "a" },
    Wrong { code: "if (true) {\n  return 1\n¶", kind: "syntax", says: "" },
    Wrong { code: "return ¶nope", kind: "runtime", says: "nope" },
    Wrong { code: "const a = 1;\n\n  ¶missing(a);\nreturn a", kind: "runtime", says: "missing" },
    Wrong { code: "const user = undefined;\nreturn user¶.name", kind: "runtime", says: "name" },
    Wrong {
        code: "const user = null;\nconst f = () => {\n\treturn user¶.name;\n};\nf()",
        kind: "runtime",
        says: "name",
    },
    Wrong { code: "const f = 1;\nf¶()", kind: "runtime", says: "function" },
    Wrong { code: "await tools.up.write();\nthrow ¶new Error('stop')", kind: "runtime", says: "stop" },
    Wrong { code: "const ä = 'größe'; ä.x¶.y", kind: "runtime", says: "y" },
    Wrong { code: "const a = 1;\na ¶= 2", kind: "runtime", says: "a" },
    Wrong { code: "const x = JSON.parse¶('{')", kind: "runtime", says: "JSON" },
    Wrong { code: "await tools.up.write();\nawait tools.up.fail¶()", kind: "tool", says: "disk full" },
    Wrong {
        code: "const all = ['a'];\nreturn await Promise.all(all.map((x) => tools.up.fail¶({ x })))",
        kind: "tool",
        says: "disk full",
    },
    Wrong { code: "await tools.up.read¶({ pth: 'x' })", kind: "arguments", says: "path" },
    Wrong { code: "await tools.up.raed¶({ path: 'x' })", kind: "unknown_tool", says: "read" },
    Wrong { code: "await tools.upp.read¶({ path: 'x' })", kind: "unknown_tool", says: "up" },
    Wrong { code: "const f = (n) => f¶(n + 1);\nf(0)", kind: "stack", says: "" },
    Wrong { code: "await null;\nthrow ¶new TypeError('late')", kind: "runtime", says: "late" },
];

/// Line and column of the mark, both from 1, and the line without it.
fn place(code: &str) -> (u64, u64, String) {
    let (line, text) = code.lines().enumerate().find(|(_, line)| line.contains(AT)).expect("a mark");
    let column = text.split(AT).next().expect("text before it").chars().count();
    (line as u64 + 1, column as u64 + 1, text.replace(AT, ""))
}

fn assert_says(run: &Run, wrong: &Wrong) {
    assert_eq!(run.error_kind(), wrong.kind, "{:?}: {:#}", wrong.code, run.call_result);
    assert!(run.error_message().contains(wrong.says), "{:?}: {}", wrong.code, run.error_message());
    assert!(run.text().contains(run.error_message()), "{}", run.text());
}

#[test]
fn the_kind_and_the_line_are_those_of_the_agents_own_code() {
    with_gateway(async |client| {
        let mut problems = Vec::new();
        for wrong in &WRONG {
            let run = client.execute(&wrong.code.replace(AT, "")).await;
            assert_says(&run, wrong);
            let (line, _, _) = place(wrong.code);
            if run.error()["line"] != json!(line) {
                problems.push(format!("{:?}: line {line}, said {}", wrong.code, run.error()));
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    });
}

#[test]
fn the_frame_shows_the_line_with_a_caret_under_the_column() {
    with_gateway(async |client| {
        let mut problems = Vec::new();
        for wrong in &WRONG {
            let run = client.execute(&wrong.code.replace(AT, "")).await;
            let (_, _, text) = place(wrong.code);
            let frame = run.error()["frame"].as_str().unwrap_or_default();
            let (shown, caret) = frame.split_once('\n').unwrap_or_default();
            let column = run.error()["column"].as_u64().unwrap_or_default();
            let under = caret.chars().count().checked_sub(shown.find("| ").map_or(0, |at| at + 2));
            let is_right =
                shown.ends_with(&format!("| {text}")) && caret.ends_with('^') && under == Some(column as usize);
            if !is_right || !run.text().contains(frame) {
                problems.push(format!("{:?}: {}", wrong.code, run.error()));
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    });
}

/// Engines differ in which character of an expression they name; all name one near it.
#[test]
fn the_column_is_near_the_place() {
    with_gateway(async |client| {
        let mut problems = Vec::new();
        for wrong in &WRONG {
            let run = client.execute(&wrong.code.replace(AT, "")).await;
            let (_, column, text) = place(wrong.code);
            let said = run.error()["column"].as_u64().unwrap_or_default();
            if said.abs_diff(column) > 12 || said > text.chars().count() as u64 + 1 {
                problems.push(format!("{:?}: column {column}, said {}", wrong.code, run.error()));
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    });
}

#[test]
fn the_stack_has_the_agents_own_lines_only() {
    with_gateway(async |client| {
        let code = "function inner() {\n  throw new Error('deep');\n}\nfunction outer() {\n  inner();\n}\nouter();";
        let run = client.execute(code).await;
        let stack = run.error()["stack"].as_str().expect("a stack");
        for (function, line) in [("inner", 2), ("outer", 5)] {
            let has = stack.lines().any(|frame| frame.contains(&format!("{function} ({line}:")));
            assert!(has, "{function} at line {line}: {stack}");
        }
        for word in ["native", "<evalScript>", "wrapper", "__", "hardening"] {
            assert!(!stack.contains(word), "{word}: {stack}");
        }
        let number = |text: &str| text.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse::<u64>().ok();
        let lines: Vec<u64> = stack.lines().filter_map(|frame| number(frame.rsplit_once(':')?.0)).collect();
        assert_eq!(lines.len(), 3, "{stack}");
        assert!(lines.iter().all(|line| (1..=7).contains(line)), "{stack}");
    });
}

#[test]
fn lines_stay_where_they_are_in_a_fence_and_beside_a_return() {
    with_gateway(async |client| {
        for (code, line) in [
            ("```js\nconst a = 1;\nnope()\n```", 3),
            ("\n\nnope()", 3),
            ("return nope()", 1),
            ("const a = 1;\nif (a) return nope()", 2),
            ("const a = `\n\n`;\nnope()", 4),
            ("const a = 1;\r\nnope()", 2),
        ] {
            let run = client.execute(code).await;
            assert_eq!(run.error()["line"], json!(line), "{code:?}: {:#}", run.error());
        }
    });
}

#[test]
fn the_text_says_which_calls_went_through_and_what_was_logged() {
    with_gateway(async |client| {
        let code = "console.warn('about to', { n: 1 });\nawait tools.up.write({ id: 1 });\nawait tools.up.write({ id: 2 });\nnope()";
        let run = client.execute(code).await;
        assert_eq!(run.call_statuses(), ["ok", "ok"]);
        assert_eq!(run.text().matches("up.write: ok").count(), 2, "{}", run.text());
        assert!(run.text().contains("do not repeat"), "{}", run.text());
        assert_eq!(run.member("logs")[0]["level"], "warn");
        assert!(run.log_texts()[0].contains("about to") && run.text().contains("about to"), "{}", run.text());
    });
}

#[test]
fn what_is_thrown_need_not_be_an_error() {
    with_gateway(async |client| {
        for (thrown, says) in [
            ("'just text'", "just text"),
            ("{ code: 7 }", "7"),
            ("null", "null"),
            ("undefined", "undefined"),
            ("42n", "42"),
            ("Symbol('s')", "s"),
            ("new Proxy({}, { get() { throw 1 } })", ""),
            ("new (class extends Error { get message() { throw 1 } })()", ""),
            ("Object.assign(new Error('m'), { stack: 'forged\\n at x:1:1' })", "m"),
            ("new Error('why', { cause: 'because' })", "why"),
            ("new AggregateError([new Error('a')], 'many')", "many"),
        ] {
            let run = client.execute(&format!("throw {thrown}")).await;
            assert_eq!(run.error_kind(), "runtime", "{thrown}: {:#}", run.call_result);
            assert!(run.error_message().contains(says), "{thrown}: {}", run.error_message());
            assert!(!run.error()["stack"].as_str().unwrap_or_default().contains("forged"), "{:#}", run.error());
        }
    });
}

#[test]
fn a_rejection_that_nothing_handles_is_no_success() {
    with_gateway(async |client| {
        for code in [
            "Promise.reject(new Error('lost')); return 1",
            "(async () => { throw new Error('lost') })(); return 1",
            "const f = async () => { await tools.up.write(); throw new Error('lost') }; f(); await tools.up.write(); return 1",
        ] {
            let run = client.execute(code).await;
            assert_eq!(run.error_kind(), "runtime", "{code}: {:#}", run.call_result);
            assert!(run.error_message().contains("lost"), "{code}: {}", run.error_message());
        }
        let handled =
            "const p = Promise.reject(new Error('x')); await tools.up.write(); try { await p } catch {} return 1";
        assert_eq!(*client.execute(handled).await.value(), json!(1));
    });
}

#[test]
fn console_prints_readable_structure_in_order_with_levels() {
    with_gateway(async |client| {
        let code = "console.log('text', 1, true, null, undefined);
            console.info({ a: 1, nested: { list: [1, 'two'] } });
            console.warn(new Map([['k', 1]]), new Set([2]));
            console.error(new TypeError('bad'));
            console.debug([1, 2], () => 1, Symbol('s'), 10n, new Date(0), /x/g);
            const cyclic = { name: 'c' }; cyclic.self = cyclic; console.log(cyclic);
            console.log('%s has %d', 'x', 2);
            return 1";
        let run = client.execute(code).await;
        run.value();
        let logs: Vec<(&str, &str)> = run
            .member("logs")
            .as_array()
            .expect("a list")
            .iter()
            .map(|line| (line["level"].as_str().unwrap_or_default(), line["text"].as_str().unwrap_or_default()))
            .collect();
        let levels: Vec<&str> = logs.iter().map(|(level, _)| *level).collect();
        assert_eq!(levels, ["log", "info", "warn", "error", "debug", "log", "log"]);
        let expected: [&[&str]; 7] = [
            &["text 1 true null undefined"],
            &["a: 1", "nested", "'two'"],
            &["Map", "k", "Set", "2"],
            &["TypeError", "bad"],
            &["[ 1, 2 ]", "Symbol(s)", "10n", "1970-01-01", "/x/g"],
            &["name", "ircular"],
            &["x has 2"],
        ];
        for ((_, text), words) in logs.iter().zip(expected) {
            for word in words {
                assert!(text.contains(word), "{word}: {text}");
            }
            assert!(!text.contains("[object"), "{text}");
        }
    });
}

#[test]
fn wrong_arguments_of_execute_code_are_said() {
    with_gateway(async |client| {
        for arguments in
            [json!({}), json!({"code": 1}), json!({"code": "1", "language": "python"}), json!({"script": "1"})]
        {
            let run = client.execute_with(arguments.clone()).await;
            assert_eq!(run.error_kind(), "arguments", "{arguments}: {:#}", run.call_result);
        }
        let kinds: Value = client.request("tools/list", json!({})).await;
        let tools = kinds["result"]["tools"].as_array().expect("a list").clone();
        let execute = tools.iter().find(|tool| tool["name"] == "execute_code").expect("execute_code");
        let kinds = &execute["outputSchema"]["properties"]["error"]["properties"]["kind"]["enum"];
        for kind in WRONG.iter().map(|wrong| wrong.kind) {
            assert!(kinds.as_array().expect("a list").contains(&json!(kind)), "{kind} is documented: {kinds}");
        }
    });
}
