//! `console`

use std::rc::Rc;

use rquickjs::function::Rest;
use rquickjs::{Ctx, Error, Function, Object, Value};

use crate::engine::text;
use crate::run::Run;
use crate::step::{LogLevel, LogLine};

/// The log of one run.
pub(crate) struct Log {
    lines: Vec<LogLine>,
    room_bytes: usize,
    left_out_lines: u64,
    left_out_bytes: u64,
}

impl Log {
    pub(crate) fn new(limit_bytes: u32) -> Self {
        Self { lines: Vec::new(), room_bytes: limit_bytes as usize, left_out_lines: 0, left_out_bytes: 0 }
    }

    fn push(&mut self, level: LogLevel, text: String) {
        if text.len() > self.room_bytes {
            self.left_out_lines += 1;
            self.left_out_bytes += text.len() as u64;
            return;
        }
        self.room_bytes -= text.len();
        self.lines.push(LogLine { level, text });
    }

    /// The lines since the last time they were taken.
    pub(crate) fn take(&mut self) -> Vec<LogLine> {
        std::mem::take(&mut self.lines)
    }
}

/// Puts `console` into the global scope.
pub(crate) fn install<'js>(ctx: &Ctx<'js>, run: &Rc<Run>) -> Result<(), Error> {
    let console = Object::new(ctx.clone())?;
    for (name, level) in [
        ("log", LogLevel::Log),
        ("info", LogLevel::Info),
        ("warn", LogLevel::Warn),
        ("error", LogLevel::Error),
        ("debug", LogLevel::Debug),
    ] {
        let run = run.clone();
        let print = move |ctx: Ctx<'js>, values: Rest<Value<'js>>| -> Result<(), Error> {
            let mut line = String::new();
            for (index, value) in values.0.into_iter().enumerate() {
                if index > 0 {
                    line.push(' ');
                }
                let shown = match value.as_string() {
                    Some(string) => text(string)?,
                    None => ctx.json_stringify(value)?.map_or(Ok("undefined".into()), |json| text(&json))?,
                };
                line.push_str(&shown);
            }
            run.log.borrow_mut().push(level, line);
            Ok(())
        };
        console.set(name, Function::new(ctx.clone(), print)?.with_name(name)?)?;
    }
    ctx.globals().prop("console", rquickjs::object::Property::from(console).writable().configurable())
}
