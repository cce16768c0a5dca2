//! The agent's code: out of its Markdown fence, and into a form that can be run.

use rquickjs::{Ctx, Error};

use crate::engine::{Compiled, compile};

/// What stack frames call the agent's code.
pub(crate) const FILE: &str = "script";

/// What stands before the agent's code when it is compiled as a body of a function: one line.
pub(crate) const BODY_PREFIX_LINES: u32 = 1;

/// Code that is ready to run.
pub(crate) enum Prepared<'js> {
    /// Evaluates to a promise of `{value}`, the value of the last expression.
    Script(Compiled<'js>),
    /// Evaluates to an async function, whose result is what `return` gives.
    Body(Compiled<'js>),
}

/// The code without a Markdown fence around it. Lines stay where they are.
pub(crate) fn without_fence(code: &str) -> String {
    let trimmed = code.trim();
    let Some(opened) = trimmed.strip_prefix("```") else { return code.to_string() };
    let Some((_language, rest)) = opened.split_once('\n') else { return code.to_string() };
    let Some(body) = rest.trim_end().strip_suffix("```") else { return code.to_string() };
    let lines_before = code[..code.len() - code.trim_start().len()].matches('\n').count() + 1;
    format!("{}{body}", "\n".repeat(lines_before))
}

/// Compiles the code as a script, or, where it has a `return` of its own, as the body of a function.
pub(crate) fn prepare<'js>(ctx: &Ctx<'js>, code: &str) -> Result<Prepared<'js>, Error> {
    let refused = match compile(ctx, code, FILE, true) {
        Ok(script) => return Ok(Prepared::Script(script)),
        Err(Error::Exception) => ctx.catch(),
        Err(error) => return Err(error),
    };
    // Code that closes the function early cannot parse in both of these places: after the brace, a
    // declaration goes on with a statement, a method with a comma or the end of its object.
    let as_declaration = format!("async function script() {{\n{code}\n}}");
    let as_method = format!("({{async script() {{\n{code}\n}}}}).script");
    let compiled = compile(ctx, &as_declaration, FILE, false).and_then(|_| compile(ctx, &as_method, FILE, false));
    match compiled {
        Ok(body) => Ok(Prepared::Body(body)),
        Err(Error::Exception) => {
            ctx.catch();
            Err(ctx.throw(refused))
        }
        Err(error) => Err(error),
    }
}
