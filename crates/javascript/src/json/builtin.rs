//! `JSON.parse` and `JSON.stringify` for scripts.

use std::rc::Rc;

use rquickjs::function::Opt;
use rquickjs::{Array, Coerced, Ctx, Error, FromJs, Function, Object, String as JsString, Value};

use super::nesting::nests_deeper_than;
use super::revive::revive;
use super::write::{Flavour, Refusal, Writer};
use crate::engine::{Wtf8, class_of, interrupt, text};
use crate::realm::{Realm, define_hidden, throw_limit_error, throw_type_error};
use crate::run::Run;
use crate::step::FailureKind;

/// How deep arrays and objects may nest in JSON that a script parses or writes.
pub(super) const SCRIPT_NESTING: usize = 500;

/// Bytes whose parsing takes about as long as one interpreter step.
const BYTES_PER_STEP: u64 = 8;

/// Replaces the two functions of `JSON` that walk over values.
pub(crate) fn install<'js>(ctx: &Ctx<'js>, run: &Rc<Run>) -> Result<(), Error> {
    let json: Object<'js> = ctx.globals().get("JSON")?;
    let parsing = run.clone();
    let parse = move |ctx: Ctx<'js>, text: Opt<Value<'js>>, reviver: Opt<Value<'js>>| {
        Parse { ctx: &ctx, run: &parsing }.call(text.0, reviver.0)
    };
    define_hidden(&json, "parse", Function::new(ctx.clone(), parse)?.with_name("parse")?.with_length(2)?)?;
    let writing = run.clone();
    let stringify = move |ctx: Ctx<'js>, value: Opt<Value<'js>>, replacer: Opt<Value<'js>>, space: Opt<Value<'js>>| {
        stringify(&ctx, &writing, value.0, replacer.0, space.0)
    };
    define_hidden(&json, "stringify", Function::new(ctx.clone(), stringify)?.with_name("stringify")?.with_length(3)?)
}

struct Parse<'a, 'js> {
    ctx: &'a Ctx<'js>,
    run: &'a Run,
}

impl<'js> Parse<'_, 'js> {
    fn call(&self, text: Option<Value<'js>>, reviver: Option<Value<'js>>) -> Result<Value<'js>, Error> {
        let ctx = self.ctx;
        let text = text.unwrap_or_else(|| Value::new_undefined(ctx.clone()));
        let text = Coerced::<JsString<'js>>::from_js(ctx, text)?.0;
        let written = Wtf8::of(&text)?;
        if !self.run.meter.charge(written.bytes().len() as u64 / BYTES_PER_STEP) {
            return Err(interrupt(ctx));
        }
        if nests_deeper_than(written.bytes(), SCRIPT_NESTING) {
            let message = format!("JSON.parse: more than {SCRIPT_NESTING} levels of nesting");
            return Err(throw_limit_error(ctx, FailureKind::Stack, &message));
        }
        drop(written);
        let value: Value<'js> = Realm::with(ctx, |realm| realm.json_parse.call((text,)))?;
        match reviver.and_then(Value::into_function) {
            Some(reviver) => revive(ctx, self.run, value, &reviver),
            None => Ok(value),
        }
    }
}

fn stringify<'js>(
    ctx: &Ctx<'js>,
    run: &Run,
    value: Option<Value<'js>>,
    replacer: Option<Value<'js>>,
    space: Option<Value<'js>>,
) -> Result<Value<'js>, Error> {
    let undefined = || Value::new_undefined(ctx.clone());
    let (value, replacer) = (value.unwrap_or_else(undefined), replacer.unwrap_or_else(undefined));
    let only = match replacer.as_array() {
        Some(list) if !replacer.is_function() => Some(listed(ctx, list)?),
        _ => None,
    };
    let indent = indent(ctx, space)?;
    let flavour = Flavour::Script { replacer: replacer.into_function(), only, indent };
    match Writer::new(ctx, run, flavour, SCRIPT_NESTING).write(value) {
        Ok(Some(text)) => Ok(JsString::from_str(ctx.clone(), &text)?.into_value()),
        Ok(None) => Ok(undefined()),
        Err(Refusal::NotJson(what)) => Err(throw_type_error(ctx, &format!("JSON.stringify: {what}"))),
        Err(Refusal::Cycle(path)) => {
            Err(throw_type_error(ctx, &format!("JSON.stringify: circular reference, {path} contains itself")))
        }
        Err(Refusal::TooDeep) => {
            let message = format!("JSON.stringify: more than {SCRIPT_NESTING} levels of nesting");
            Err(throw_limit_error(ctx, FailureKind::Stack, &message))
        }
        Err(Refusal::TooLong) => {
            Err(throw_limit_error(ctx, FailureKind::Memory, "JSON.stringify: the text does not fit into memory"))
        }
        Err(Refusal::Interrupted) => Err(interrupt(ctx)),
        Err(Refusal::Thrown(error)) => Err(error),
    }
}

/// The property names of a replacer that is an array.
fn listed<'js>(ctx: &Ctx<'js>, list: &Array<'js>) -> Result<Vec<JsString<'js>>, Error> {
    let mut names: Vec<JsString<'js>> = Vec::new();
    for entry in list.iter::<Value<'js>>() {
        let entry = entry?;
        let boxed =
            Realm::with(ctx, |realm| Ok([realm.classes.number, realm.classes.string].contains(&class_of(&entry))))?;
        if entry.is_string() || entry.is_number() || boxed {
            let name = Coerced::<JsString<'js>>::from_js(ctx, entry)?.0;
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(names)
}

/// What stands before each level of a text that is spread over lines: at most ten characters.
fn indent<'js>(ctx: &Ctx<'js>, space: Option<Value<'js>>) -> Result<String, Error> {
    const LONGEST: usize = 10;
    let Some(space) = space else { return Ok(String::new()) };
    let class = class_of(&space);
    let classes = Realm::with(ctx, |realm| Ok(realm.classes))?;
    if space.is_number() || class == classes.number {
        let spaces = Coerced::<f64>::from_js(ctx, space)?.0;
        return Ok(" ".repeat(spaces.clamp(0.0, LONGEST as f64) as usize));
    }
    if space.is_string() || class == classes.string {
        let indent = text(&Coerced::<JsString<'js>>::from_js(ctx, space)?.0)?;
        return Ok(indent.chars().take(LONGEST).collect());
    }
    Ok(String::new())
}
