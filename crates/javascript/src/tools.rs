//! `tools`, its servers and its functions, as a script sees them.

use std::rc::Rc;

use rquickjs::function::{Opt, This};
use rquickjs::{Ctx, Error, Function, Value};

use crate::calls::{self, Callee};
use crate::engine::{Lookup, LookupClasses};
use crate::names::ToolName;
use crate::run::Run;

/// Puts `tools` and the flat names into the global scope.
pub(crate) fn install(ctx: &Ctx<'_>, run: &Rc<Run>) -> Result<(), Error> {
    let classes = LookupClasses::register(ctx)?;
    let globals = ctx.globals();
    let tools = classes.read_only(ctx, Tools { run: run.clone(), classes })?;
    globals.prop("tools", rquickjs::object::Property::from(tools).writable().configurable())?;
    let flat = classes.fallback(ctx, FlatNames { run: run.clone() })?;
    globals.set_prototype(Some(&flat))
}

/// `tools`
struct Tools {
    run: Rc<Run>,
    classes: LookupClasses,
}

/// `tools.<server>`
struct Server {
    run: Rc<Run>,
    alias: String,
}

/// `tools.<server>` where there is no such server: every function of it rejects.
struct NoServer {
    run: Rc<Run>,
    written: String,
}

/// What stands behind the global object: `<server>_<tool>`
struct FlatNames {
    run: Rc<Run>,
}

impl Lookup for Tools {
    fn own<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Option<Value<'js>>, Error> {
        let Some(alias) = self.run.names.resolve_server(name) else { return Ok(None) };
        let server = Server { run: self.run.clone(), alias: alias.to_string() };
        self.classes.read_only(ctx, server).map(|server| Some(server.into_value()))
    }

    fn missing<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Option<Value<'js>>, Error> {
        if is_probed(name) {
            return Ok(None);
        }
        let server = NoServer { run: self.run.clone(), written: name.to_string() };
        self.classes.read_only(ctx, server).map(|server| Some(server.into_value()))
    }

    fn names(&self) -> Vec<String> {
        self.run.names.server_identifiers()
    }
}

impl Lookup for Server {
    fn own<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Option<Value<'js>>, Error> {
        match self.run.names.resolve_tool(&self.alias, name) {
            ToolName::Known(tool) if self.run.names.knows_tools(&self.alias) => {
                let callee = Callee::Tool { server: self.alias.clone(), tool };
                function(ctx, &self.run, callee, name).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn missing<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Option<Value<'js>>, Error> {
        if is_probed(name) {
            return Ok(None);
        }
        let callee = match self.run.names.resolve_tool(&self.alias, name) {
            ToolName::Known(tool) => Callee::Tool { server: self.alias.clone(), tool },
            ToolName::Unknown => Callee::NoTool { server: self.alias.clone(), written: name.to_string() },
        };
        function(ctx, &self.run, callee, name).map(Some)
    }

    fn names(&self) -> Vec<String> {
        self.run.names.tool_identifiers(&self.alias)
    }
}

impl Lookup for NoServer {
    fn own<'js>(&self, _ctx: &Ctx<'js>, _name: &str) -> Result<Option<Value<'js>>, Error> {
        Ok(None)
    }

    fn missing<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Option<Value<'js>>, Error> {
        if is_probed(name) {
            return Ok(None);
        }
        let callee = Callee::NoServer { written: self.written.clone(), tool: name.to_string() };
        function(ctx, &self.run, callee, name).map(Some)
    }
}

impl Lookup for FlatNames {
    fn own<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Option<Value<'js>>, Error> {
        let Some((server, tool)) = self.run.names.resolve_flat(name) else { return Ok(None) };
        function(ctx, &self.run, Callee::Tool { server, tool }, name).map(Some)
    }
}

/// Names that the language itself looks for on any value: `await` for `then`, `JSON.stringify` for `toJSON`.
fn is_probed(name: &str) -> bool {
    matches!(name, "then" | "toJSON")
}

fn function<'js>(ctx: &Ctx<'js>, run: &Rc<Run>, callee: Callee, name: &str) -> Result<Value<'js>, Error> {
    let run = run.clone();
    let call = move |ctx: Ctx<'js>, _this: This<Value<'js>>, arguments: Opt<Value<'js>>| {
        calls::call(&ctx, &run, &callee, arguments.0)
    };
    Ok(Function::new(ctx.clone(), call)?.with_name(name)?.with_length(1)?.into_value())
}
