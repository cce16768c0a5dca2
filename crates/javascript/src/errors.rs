//! The errors that calls reject with.

use rquickjs::{Ctx, Error, Object};

use crate::json;
use crate::realm::{Realm, define, define_hidden};
use crate::step::{CallFailure, FailureKind};

/// An `Error` with `server` and `tool`, whose stack starts where the script is now.
pub(crate) fn make_error<'js>(
    ctx: &Ctx<'js>,
    kind: FailureKind,
    message: &str,
    server: &str,
    tool: &str,
) -> Result<Object<'js>, Error> {
    let error = Realm::with(ctx, |realm| {
        let error = realm.error(message)?;
        realm.set_kind(&error, kind)?;
        Ok(error)
    })?;
    define(&error, "server", server)?;
    define(&error, "tool", tool)?;
    Ok(error)
}

/// Says in an error what a call failed of.
pub(crate) fn complete_error<'js>(ctx: &Ctx<'js>, error: &Object<'js>, failure: CallFailure) -> Result<(), Error> {
    Realm::with(ctx, |realm| realm.set_kind(error, failure.kind))?;
    define_hidden(error, "message", failure.message.as_str())?;
    if let Some(code) = failure.code {
        define(error, "code", code as f64)?;
    }
    if let Some(data) = failure.data {
        match json::parse(ctx, data) {
            Ok(data) => define(error, "data", data)?,
            Err(_) => drop(ctx.catch()),
        }
    }
    Ok(())
}
