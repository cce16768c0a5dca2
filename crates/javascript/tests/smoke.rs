use javascript::*;
fn run(code: &str) -> Step {
    let mut s = Session::new(Program { code: code.into(), bindings: vec![ServerBinding{alias:"files".into(), tools: Some(vec!["read_file".into(), "my-tool".into()])}], limits: Limits { compute_steps: 50_000_000, memory_bytes: 32<<20, calls: 50, log_bytes: 32768 }, seed: Seed { random: 1, now_ms: 1000 } });
    let mut step = s.resume(vec![]);
    let mut n = 0;
    while let Step::Waiting(calls) = step {
        println!("  waiting {calls:?}");
        n += 1; if n > 20 { panic!() }
        step = s.resume(calls.into_iter().map(|c| Settlement{number:c.number, elapsed_ms: 5, outcome: if c.arguments.contains("fail") {Err(CallFailure{kind:FailureKind::Tool,message:"it failed".into(),code:Some(-3),data:Some("[1]".into())})} else {Ok(format!("{{\"got\":{}}}", c.arguments))}}).collect());
    }
    println!("{code}\n  => {step:?} logs {:?} steps {}", s.take_logs(), s.steps_used());
    step
}
#[test]
fn smoke() {
    for c in ["return 1", "1+1", "await tools.files.read_file({a:1})", "return await Promise.all([1,2].map(i => files_my_tool({i})))", "tools.files.nope()", "tools.fils.read_file()", "await tools.files.read_file({fail:1})", "try { await tools.files.read_file({fail:1}) } catch (e) { ({m:e.message, ...e, s: e.stack}) }", "Object.keys(tools).concat(Object.keys(tools.files))", "'files' in tools && !('x' in tools)", "}); evil(); (() => {", "let x = ;", "while(true){}", "await new Promise(()=>{})", "(function f(){f()})()", "\"x\".repeat(2**29)", "new ArrayBuffer(2**30)", "return undefined", "return null", "const a=[]; a.push(a); return {a}", "return {a:[1n]}", "return {f(){}}", "typeof nope", "nope", "```js\nreturn 5\n```", "String(tools) + typeof tools.then + typeof tools.files.then", "console.log('a', {b:1}); tools.files === tools.files", "tools.files = 1", "return [tools.files.read_file()]", "throw new TypeError('x')", "eval('1')", "new Function('return 1')()", "(async()=>{}).constructor('return 1')()", "import('x')", "for (let i=0;i<1000000;i++);" , "return {a: await Promise.allSettled([tools.files.read_file({fail:1})])}"] { run(c); }
}
