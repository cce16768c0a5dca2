//! Makes the calls of one run: looks the tool up, checks the arguments, calls, and takes the value out.

use crate::{
    State,
    catalogs::Loaded,
    learning::Samples,
    platform::Platform,
    run::{Called, Caller, WallTime},
    settings::Settings,
    value::{failure_of, value_of},
};
use contracts::{
    execution::{CallFailure, FailureKind, ToolCall},
    registry::{Catalog, Server},
};
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// The calls of one run.
pub struct Calls<'a, P: Platform> {
    platform: &'a P,
    state: &'a State<P>,
    samples: &'a Samples,
    /// Names the run.
    execution: &'a str,
    /// When it is over, nothing more is sent.
    wall_time: WallTime,
    settings: Settings,
    /// What was loaded for the run; `None` when a server's tools cannot be had.
    catalogs: RefCell<HashMap<String, Option<Rc<Catalog>>>>,
}

impl<'a, P: Platform> Calls<'a, P> {
    pub fn new(
        platform: &'a P,
        state: &'a State<P>,
        samples: &'a Samples,
        execution: &'a str,
        wall_time: WallTime,
        settings: Settings,
        loaded: &[Loaded],
    ) -> Self {
        let known = |one: &Loaded| (one.server.alias.clone(), one.catalog.as_ref().ok().cloned());
        let catalogs = RefCell::new(loaded.iter().map(known).collect());
        Self { platform, state, samples, execution, wall_time, settings, catalogs }
    }

    /// The catalog of a server. One that the script did not mention in its text is loaded now.
    async fn catalog(&self, alias: &str) -> Option<Rc<Catalog>> {
        if let Some(known) = self.catalogs.borrow().get(alias) {
            return known.clone();
        }
        let server = Server { alias: alias.to_string(), title: None, description: None };
        let mut loaded = self.state.catalogs.load(self.platform, vec![server]).await;
        let catalog = loaded.pop().and_then(|one| one.catalog.ok());
        self.catalogs.borrow_mut().insert(alias.to_string(), catalog.clone());
        catalog
    }

    /// Refuses what cannot go well, before anything is sent.
    fn check(&self, catalog: &Catalog, call: &ToolCall) -> Result<(), CallFailure> {
        let Some(tool) = catalog.tools.iter().find(|tool| tool.name == call.tool) else {
            let near = tool_names::nearest(&call.tool, catalog.tools.iter().map(|tool| tool.name.as_str()));
            let near: Vec<_> = near.into_iter().map(|name| self.settings.name(name)).collect();
            let hint = if near.is_empty() { String::new() } else { format!(" Did you mean {}?", near.join(" or ")) };
            let tool = self.settings.name(&call.tool);
            let message = format!("The server {:?} has no tool {tool:?}.{hint}", call.server);
            return Err(refused(FailureKind::UnknownTool, message));
        };
        self.state
            .checker
            .check(&call.server, tool, &call.arguments)
            .map_err(|message| refused(FailureKind::Arguments, message))
    }
}

impl<P: Platform> Caller for Calls<'_, P> {
    async fn call(&self, call: ToolCall) -> Called {
        let catalog = self.catalog(&call.server).await;
        if let Some(catalog) = &catalog
            && let Err(failure) = self.check(catalog, &call)
        {
            return Called { outcome: Err(failure), sent: false };
        }
        // What had to be loaded for the call may have come too late.
        if self.wall_time.is_over(self.platform) {
            let message = "The time of the run was over before the call was sent.".to_string();
            return Called { outcome: Err(refused(FailureKind::Timeout, message)), sent: false };
        }
        let (server, tool) = (call.server.clone(), call.tool.clone());
        let outcome = match self.platform.call_tool(self.execution, call.server, call.tool, call.arguments).await {
            Ok(result) => value_of(&result, &self.settings),
            Err(failure) => Err(failure_of(failure, &self.settings)),
        };
        if let (Ok(value), Some(catalog)) = (&outcome, &catalog)
            && catalog.tools.iter().any(|one| one.name == tool && one.output_schema.is_none())
        {
            self.samples.add(self.platform, &server, &tool, value);
        }
        Called { outcome, sent: true }
    }
}

fn refused(kind: FailureKind, message: String) -> CallFailure {
    CallFailure { kind, message, code: None, data: None }
}
