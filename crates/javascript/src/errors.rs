//! The errors that calls reject with.

use rquickjs::object::Property;
use rquickjs::{Ctx, Error, IntoJs, Object, Value};

use crate::json;
use crate::realm::{Realm, define};
use crate::step::{CallFailure, FailureKind};

/// An `Error` with `server` and `tool`, whose stack starts where the script is now.
pub(crate) fn make_error<'js>(
    ctx: &Ctx<'js>,
    kind: FailureKind,
    message: &str,
    server: &str,
    tool: &str,
) -> Result<Object<'js>, Error> {
    let realm = ctx.userdata::<Realm<'js>>().ok_or(Error::Unknown)?;
    let error: Object<'js> = realm.error.construct((message,))?;
    realm.set_kind(&error, kind)?;
    define(&error, "server", server.into_js(ctx)?)?;
    define(&error, "tool", tool.into_js(ctx)?)?;
    Ok(error)
}

/// Says in an error what a call failed of.
pub(crate) fn complete_error<'js>(ctx: &Ctx<'js>, error: &Object<'js>, failure: CallFailure) -> Result<(), Error> {
    let realm = ctx.userdata::<Realm<'js>>().ok_or(Error::Unknown)?;
    realm.set_kind(error, failure.kind)?;
    error.prop("message", Property::from(failure.message.as_str()).writable().configurable())?;
    if let Some(code) = failure.code {
        define(error, "code", Value::new_number(ctx.clone(), code as f64))?;
    }
    if let Some(data) = failure.data {
        match json::parse(ctx, data) {
            Ok(data) => define(error, "data", data)?,
            Err(_) => drop(ctx.catch()),
        }
    }
    Ok(())
}
