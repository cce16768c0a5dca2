//! The agent's code: out of its Markdown fence, into a form that can be run, and back from there to its lines.

mod before;
mod fence;
mod lexer;
mod nesting;

use rquickjs::{Ctx, Error};

use crate::engine::{Compiled, How, compile};
use crate::step::Position;

/// What stack frames call the agent's code.
pub(crate) const FILE: &str = "script";

/// What stack frames call the code outside of all functions.
pub(crate) const TOP_LEVEL: &str = "<eval>";

/// The agent's code, without a Markdown fence.
#[derive(Debug)]
pub(crate) struct Source(String);

/// Code that is ready to run.
pub(crate) enum Prepared<'js> {
    /// Evaluates to a promise of `{value}`, the value of the last expression.
    Script(Compiled<'js>),
    /// Evaluates to an async function, whose result is what `return` gives.
    Body(Compiled<'js>),
}

impl Source {
    /// Takes the code out of a Markdown fence around it. Lines stay where they are.
    pub(crate) fn new(code: String) -> Self {
        Self(fence::without_fence(&code).unwrap_or(code))
    }

    /// Where the code nests deeper than the parser can take, if it does.
    pub(crate) fn too_deep(&self) -> Option<Position> {
        let nesting::TooDeep(offset) = nesting::check(&self.0).err()?;
        self.place_of(offset.saturating_sub(1))
    }

    /// Where the first bracket is that closes nothing, if there is one. The parser takes it for the end of the
    /// function that a body is put into, and finds a fault only behind the code.
    pub(crate) fn unmatched(&self) -> Option<Position> {
        self.place_of(nesting::unmatched(&self.0)?)
    }

    /// The place of a byte.
    fn place_of(&self, offset: usize) -> Option<Position> {
        let before = &self.0[..self.0.floor_char_boundary(offset)];
        let line = before.matches('\n').count() as u32 + 1;
        self.position(line, (before.len() - before.rfind('\n').map_or(0, |at| at + 1)) as u32 + 1)
    }

    /// Compiles the code as a script, or, where it has a `return` of its own, as the body of a function.
    /// A syntax error is left as the pending exception.
    pub(crate) fn prepare<'js>(&self, ctx: &Ctx<'js>) -> Result<Prepared<'js>, Error> {
        let as_script = How { file: FILE, first_line: 1, top_level_await: true };
        let as_script = match compile(ctx, &self.0, as_script) {
            Ok(script) => return Ok(Prepared::Script(script)),
            Err(Error::Exception) => ctx.catch(),
            Err(error) => return Err(error),
        };
        match self.prepare_body(ctx) {
            Ok(body) => Ok(Prepared::Body(body)),
            Err(Error::Exception) => {
                let as_body = ctx.catch();
                let stopped_at_return = crate::failure::recorded_position(ctx, self, &as_script)
                    .is_some_and(|position| self.from(position).starts_with("return"));
                Err(ctx.throw(if stopped_at_return { as_body } else { as_script }))
            }
            Err(error) => Err(error),
        }
    }

    /// Compiles the code as the body of a function, which it must not close.
    ///
    /// Code that closes the function early cannot parse in both of these places: after the brace, a
    /// declaration goes on with a statement, a method with a comma or the end of its object.
    fn prepare_body<'js>(&self, ctx: &Ctx<'js>) -> Result<Compiled<'js>, Error> {
        let code = &self.0;
        let how = How { file: FILE, first_line: -1, top_level_await: false };
        compile(ctx, &format!("async function\nscript() {{\n{code}\n}}"), how)?;
        compile(ctx, &format!("({{async \"{TOP_LEVEL}\"()\n{{\n{code}\n}}}})[\"{TOP_LEVEL}\"]"), how)
    }

    /// The place in the agent's code that the interpreter calls by a line and a column in bytes.
    pub(crate) fn position(&self, line: u32, column: u32) -> Option<Position> {
        let line = line.checked_sub(1).filter(|_| line > 0)?;
        let last = self.0.split('\n').count() as u32 - 1;
        let column = if line > last { u32::MAX } else { column };
        let line = line.min(last);
        let text = self.0.split('\n').nth(line as usize)?;
        let bytes = (column as usize).saturating_sub(1).min(text.len());
        let column = text.char_indices().take_while(|(at, _)| *at < bytes).count() + 1;
        Some(Position { line: line + 1, column: column as u32 })
    }

    /// The rest of a line from a place on.
    fn from(&self, position: Position) -> &str {
        let line = self.0.split('\n').nth(position.line as usize - 1).unwrap_or_default();
        line.char_indices().nth(position.column as usize - 1).map_or("", |(at, _)| &line[at..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters() {
        let source = Source::new("a\nö = ü;".to_string());
        assert_eq!(source.position(2, 6), Some(Position { line: 2, column: 5 }));
        assert_eq!(source.position(3, 1), Some(Position { line: 2, column: 7 }));
        assert_eq!(source.position(0, 1), None);
    }
}
