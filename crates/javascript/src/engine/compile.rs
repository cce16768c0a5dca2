#![allow(unsafe_code)] // rquickjs has no way to compile a script without running it.

use std::ffi::CString;

use rquickjs::{Ctx, Error, Value, qjs};

/// Code that parsed and has not run.
pub(crate) struct Compiled<'js> {
    ctx: Ctx<'js>,
    function: qjs::JSValue,
}

/// How code is compiled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    /// What stack frames call the code.
    pub(crate) file: &'static str,
    /// The number of its first line; not 0.
    pub(crate) first_line: i32,
    /// Whether it may `await` outside of functions.
    pub(crate) top_level_await: bool,
}

/// Parses `code` as a global, sloppy script without running it.
///
/// With `top_level_await` the script evaluates to a promise of `{value}`, where `value` is the script's
/// completion value; else it evaluates to the completion value itself. A syntax error is left as the
/// pending exception.
pub(crate) fn compile<'js>(ctx: &Ctx<'js>, code: &str, how: How) -> Result<Compiled<'js>, Error> {
    let file = CString::new(how.file)?;
    let length = code.len();
    let mut text = Vec::with_capacity(length + 1);
    text.extend_from_slice(code.as_bytes());
    text.push(0);
    let mut flags = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY;
    if how.top_level_await {
        flags |= qjs::JS_EVAL_FLAG_ASYNC;
    }
    let mut options = qjs::JSEvalOptions {
        version: qjs::JS_EVAL_OPTIONS_VERSION as i32,
        eval_flags: flags as i32,
        filename: file.as_ptr(),
        line_num: how.first_line,
    };
    // SAFETY: `text` is NUL-terminated at `length`; it, `file` and `options` outlive the call, and QuickJS
    // copies what it keeps.
    let function = unsafe {
        let length = length as qjs::size_t;
        qjs::JS_Eval2(ctx.as_raw().as_ptr(), text.as_ptr().cast(), length, &raw mut options)
    };
    // SAFETY: only reads the tag.
    if unsafe { qjs::JS_IsException(function) } {
        return Err(Error::Exception);
    }
    Ok(Compiled { ctx: ctx.clone(), function })
}

impl<'js> Compiled<'js> {
    /// Runs the script.
    pub(crate) fn run(mut self) -> Result<Value<'js>, Error> {
        let ctx = self.ctx.clone();
        let function = std::mem::replace(&mut self.function, qjs::JS_UNDEFINED);
        // SAFETY: `function` is owned and JS_EvalFunction takes it over.
        let value = unsafe { qjs::JS_EvalFunction(ctx.as_raw().as_ptr(), function) };
        // SAFETY: only reads the tag.
        if unsafe { qjs::JS_IsException(value) } {
            return Err(Error::Exception);
        }
        // SAFETY: the value is owned, of this context, and no exception.
        Ok(unsafe { Value::from_raw(ctx, value) })
    }
}

impl Drop for Compiled<'_> {
    fn drop(&mut self) {
        // SAFETY: the value is owned; it is `undefined` when the script was run.
        unsafe { qjs::JS_FreeValue(self.ctx.as_raw().as_ptr(), self.function) };
    }
}
