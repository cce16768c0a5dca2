//! Writes a value as JSON, without recursion.

use rquickjs::object::Filter;
use rquickjs::{Atom, Coerced, Ctx, Error, Function, Object, String as JsString, Type, Value};

use super::convert::converted;
use super::path::{Step, expression};
use super::text::{Surrogates, number, string};
use crate::engine::text;
use crate::realm::Realm;
use crate::run::Run;

/// What writing one member costs, as measured against a loop.
const STEPS_PER_MEMBER: u64 = 8;

/// For whom a value is written.
pub(super) enum Flavour<'js> {
    /// For outside: what JSON cannot express is refused, errors keep their name and message.
    Border {
        /// What messages call the value.
        root: &'static str,
    },
    /// For a script, as `JSON.stringify` does.
    Script { replacer: Option<Function<'js>>, only: Option<Vec<JsString<'js>>>, indent: String },
}

/// Why a value was not written.
pub(super) enum Refusal {
    /// JSON cannot express it: what and where.
    NotJson(String),
    /// It contains itself: where.
    Cycle(String),
    /// It nests deeper than allowed.
    TooDeep,
    /// The text is longer than the memory of the run.
    TooLong,
    /// The steps of the run are used up.
    Interrupted,
    /// A getter, a proxy, a `toJSON` or the replacer threw: the exception is pending.
    Thrown(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Thrown(error)
    }
}

/// An array or object that is being written.
struct Frame<'js> {
    object: Object<'js>,
    members: Members<'js>,
    next: usize,
    written: usize,
    is_error: bool,
}

enum Members<'js> {
    Elements(usize),
    Properties(Vec<Atom<'js>>),
}

pub(super) struct Writer<'a, 'js> {
    ctx: &'a Ctx<'js>,
    run: &'a Run,
    flavour: Flavour<'js>,
    nesting: usize,
    out: String,
    frames: Vec<Frame<'js>>,
}

impl<'a, 'js> Writer<'a, 'js> {
    pub(super) fn new(ctx: &'a Ctx<'js>, run: &'a Run, flavour: Flavour<'js>, nesting: usize) -> Self {
        Self { ctx, run, flavour, nesting, out: String::new(), frames: Vec::new() }
    }

    /// The text; `None` for `undefined` and what `JSON.stringify` takes for it.
    pub(super) fn write(mut self, value: Value<'js>) -> Result<Option<String>, Refusal> {
        let value = self.converted(None, JsString::from_str(self.ctx.clone(), "")?, value)?;
        if self.is_left_out(&value) {
            return Ok(None);
        }
        self.begin(value)?;
        while !self.frames.is_empty() {
            if !self.run.meter.charge(STEPS_PER_MEMBER) {
                return Err(Refusal::Interrupted);
            }
            self.member()?;
            if self.out.len() > self.run.limits.memory_bytes as usize {
                return Err(Refusal::TooLong);
            }
        }
        Ok(Some(self.out))
    }

    /// Writes the next member of the innermost array or object, or its end.
    fn member(&mut self) -> Result<(), Refusal> {
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let index = frame.next;
        frame.next += 1;
        let object = frame.object.clone();
        match &frame.members {
            Members::Elements(length) if index < *length => {
                let value: Value<'js> = object.get(index as f64)?;
                let key = JsString::from_str(self.ctx.clone(), &index.to_string())?;
                let value = self.converted(Some(object), key, value)?;
                self.separate();
                if self.is_left_out(&value) { self.out.push_str("null") } else { self.begin(value)? }
            }
            Members::Properties(keys) if index < keys.len() => {
                let atom = keys[index].clone();
                let key = atom.to_js_string()?;
                if frame.is_error && matches!(text(&key)?.as_str(), "name" | "message") {
                    return Ok(());
                }
                let value: Value<'js> = object.get(atom)?;
                let value = self.converted(Some(object), key.clone(), value)?;
                if !self.is_left_out(&value) {
                    self.separate();
                    self.key(&key)?;
                    self.begin(value)?;
                }
            }
            Members::Elements(_) => self.end(']'),
            Members::Properties(_) => self.end('}'),
        }
        Ok(())
    }

    fn end(&mut self, bracket: char) {
        let written = self.frames.pop().map_or(0, |frame| frame.written);
        if written > 0 {
            self.line_break();
        }
        self.out.push(bracket);
    }

    fn separate(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        if frame.written > 0 {
            self.out.push(',');
        }
        frame.written += 1;
        self.line_break();
    }

    fn line_break(&mut self) {
        if let Flavour::Script { indent, .. } = &self.flavour
            && !indent.is_empty()
        {
            self.out.push('\n');
            self.out.push_str(&indent.repeat(self.frames.len()));
        }
    }

    fn key(&mut self, key: &JsString<'js>) -> Result<(), Refusal> {
        self.string(key)?;
        self.out.push(':');
        if matches!(&self.flavour, Flavour::Script { indent, .. } if !indent.is_empty()) {
            self.out.push(' ');
        }
        Ok(())
    }

    fn string(&mut self, value: &JsString<'js>) -> Result<(), Refusal> {
        let surrogates = match self.flavour {
            Flavour::Border { .. } => Surrogates::Replaced,
            Flavour::Script { .. } => Surrogates::Escaped,
        };
        let before = self.out.len();
        string(&mut self.out, value, surrogates)?;
        self.run.meter.charge((self.out.len() - before) as u64 / 16);
        Ok(())
    }

    /// The value to write in place of a member.
    fn converted(
        &self,
        holder: Option<Object<'js>>,
        key: JsString<'js>,
        value: Value<'js>,
    ) -> Result<Value<'js>, Refusal> {
        let replacer = match &self.flavour {
            Flavour::Script { replacer, .. } => replacer.as_ref(),
            Flavour::Border { .. } => None,
        };
        Ok(converted(self.ctx, replacer, holder, key, value)?)
    }

    fn is_left_out(&self, value: &Value<'js>) -> bool {
        value.is_undefined()
            || matches!(self.flavour, Flavour::Script { .. }) && (value.is_symbol() || value.is_function())
    }

    /// Writes a primitive, or the start of an array or object.
    fn begin(&mut self, value: Value<'js>) -> Result<(), Refusal> {
        match value.type_of() {
            Type::Null | Type::Undefined | Type::Uninitialized => self.out.push_str("null"),
            Type::Bool => self.out.push_str(if value.as_bool() == Some(true) { "true" } else { "false" }),
            Type::Int | Type::Float => number(&mut self.out, self.ctx, &value)?,
            Type::String => {
                if let Some(string) = value.as_string() {
                    self.string(string)?;
                }
            }
            Type::BigInt => return Err(self.refuse("a BigInt: convert it with Number() or String()")),
            Type::Symbol => return Err(self.refuse("a symbol: use its description")),
            _ => {
                if value.is_function() {
                    return Err(self.refuse("a function: call it, or leave it out"));
                }
                if value.is_promise() && matches!(self.flavour, Flavour::Border { .. }) {
                    return Err(self.refuse("a promise: await it (several with Promise.all)"));
                }
                if let Some(object) = value.into_object() {
                    self.open(object)?;
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, object: Object<'js>) -> Result<(), Refusal> {
        if self.frames.iter().any(|frame| frame.object == object) {
            return Err(Refusal::Cycle(self.path()));
        }
        if self.frames.len() >= self.nesting {
            return Err(Refusal::TooDeep);
        }
        let is_error = object.is_error() && matches!(self.flavour, Flavour::Border { .. });
        let (bracket, members) = if Realm::with(self.ctx, |realm| realm.is_array(&object))? {
            ('[', Members::Elements(length(&object)?))
        } else {
            ('{', Members::Properties(self.keys(&object)?))
        };
        self.out.push(bracket);
        self.frames.push(Frame { object: object.clone(), members, next: 0, written: 0, is_error });
        if is_error {
            // They are not enumerable, and what an error is about.
            for name in ["name", "message"] {
                let value: Value<'js> = object.get(name)?;
                if value.is_string() {
                    self.separate();
                    self.key(&JsString::from_str(self.ctx.clone(), name)?)?;
                    self.begin(value)?;
                }
            }
        }
        Ok(())
    }

    fn keys(&self, object: &Object<'js>) -> Result<Vec<Atom<'js>>, Refusal> {
        if let Flavour::Script { only: Some(only), .. } = &self.flavour {
            let atoms = only.iter().map(|name| Atom::from_value(self.ctx.clone(), name.as_value()));
            return Ok(atoms.collect::<Result<_, _>>()?);
        }
        Ok(object.own_keys::<Atom<'js>>(Filter::new().string().enum_only()).collect::<Result<_, _>>()?)
    }

    fn refuse(&self, what: &str) -> Refusal {
        Refusal::NotJson(format!("{} is {what}", self.path()))
    }

    fn path(&self) -> String {
        let root = match self.flavour {
            Flavour::Border { root } => root,
            Flavour::Script { .. } => "value",
        };
        let steps = self.frames.iter().map(|frame| {
            let at = frame.next.saturating_sub(1);
            match &frame.members {
                Members::Elements(_) => Step::Index(at),
                Members::Properties(keys) => {
                    let key = keys.get(at).and_then(|key| text(&key.to_js_string().ok()?).ok());
                    Step::Key(key.unwrap_or_default())
                }
            }
        });
        expression(root, steps)
    }
}

fn length(array: &Object<'_>) -> Result<usize, Refusal> {
    let length = array.get::<_, Coerced<f64>>("length")?.0;
    Ok(if length > 0.0 { length as usize } else { 0 })
}
