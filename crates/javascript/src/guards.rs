//! Bounds what single functions of the standard library may do.
//!
//! QuickJS asks between the steps of a script whether to go on, not within one function: `indexOf` on an
//! array of length 2⁵³ would run for ever. So functions that walk over whatever length they are given ask
//! first. What they do is counted besides, where the build counts native work.

use std::ffi::CStr;

use rquickjs::{Ctx, Error, Function, Object, Symbol, Value};

use crate::engine::{Guard, guard, interrupt};
use crate::realm::{Realm, throw_range_error};

/// Methods of arrays that walk over their length.
const ARRAY: [&CStr; 29] = [
    c"copyWithin",
    c"every",
    c"fill",
    c"filter",
    c"find",
    c"findIndex",
    c"findLast",
    c"findLastIndex",
    c"flatMap",
    c"forEach",
    c"includes",
    c"indexOf",
    c"join",
    c"lastIndexOf",
    c"map",
    c"reduce",
    c"reduceRight",
    c"reverse",
    c"shift",
    c"slice",
    c"some",
    c"sort",
    c"splice",
    c"toLocaleString",
    c"toReversed",
    c"toSorted",
    c"toSpliced",
    c"unshift",
    c"with",
];

/// Methods of strings that search for a string, and the symbol of the method that may take over.
const SEARCH: [(&CStr, Takeover); 6] = [
    (c"indexOf", Takeover::None),
    (c"lastIndexOf", Takeover::None),
    (c"includes", Takeover::Match),
    (c"split", Takeover::Split),
    (c"replace", Takeover::Replace),
    (c"replaceAll", Takeover::Replace),
];

/// Methods of strings that make a regular expression of a string.
const PATTERN: [(&CStr, Takeover); 3] =
    [(c"match", Takeover::Match), (c"matchAll", Takeover::MatchAll), (c"search", Takeover::Search)];

/// Steps that one element of a sparse array costs at the most.
const STEPS_PER_ELEMENT: u64 = 2;

/// Elements that can be moved in the time of one step.
const ELEMENTS_MOVED_PER_STEP: u64 = 16;

/// Characters that can be compared in the time of one step.
const CHARACTERS_PER_STEP: u64 = 8;

/// Characters of a regular expression; compiling it takes up to the square of them.
pub(crate) const PATTERN_CHARACTERS: u64 = 32 * 1024;

#[derive(Debug, Clone, Copy)]
enum Takeover {
    None,
    Match,
    MatchAll,
    Search,
    Split,
    Replace,
}

/// Puts the guards in place.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<(), Error> {
    let globals = ctx.globals();
    let traps = traps(ctx)?;
    let array: Object<'_> = globals.get::<_, Object<'_>>("Array")?.get("prototype")?;
    let undefined = Value::new_undefined(ctx.clone());
    for name in ARRAY {
        guard(&array, name, Guard::Array, &traps, &undefined)?;
    }
    let spreadable: Value<'_> = globals.get::<_, Object<'_>>("Symbol")?.get("isConcatSpreadable")?;
    guard(&array, c"concat", Guard::Arrays, &traps, &spreadable)?;
    let string: Object<'_> = globals.get::<_, Object<'_>>("String")?.get("prototype")?;
    for (name, takeover) in SEARCH {
        guard(&string, name, Guard::Search, &traps, &takeover.symbol(ctx))?;
    }
    for (name, takeover) in PATTERN {
        guard(&string, name, Guard::Pattern, &traps, &takeover.symbol(ctx))?;
    }
    Ok(())
}

impl Takeover {
    fn symbol<'js>(self, ctx: &Ctx<'js>) -> Value<'js> {
        let ctx = ctx.clone();
        match self {
            Self::None => Value::new_undefined(ctx),
            Self::Match => Symbol::r#match(ctx).into_value(),
            Self::MatchAll => Symbol::match_all(ctx).into_value(),
            Self::Search => Symbol::search(ctx).into_value(),
            Self::Split => Symbol::split(ctx).into_value(),
            Self::Replace => Symbol::replace(ctx).into_value(),
        }
    }
}

/// A proxy handler that changes nothing: but its functions are calls, which count as steps.
fn traps<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>, Error> {
    let reflect: Object<'js> = ctx.globals().get("Reflect")?;
    let traps = Object::new_proto(ctx.clone(), None)?;
    for name in ["get", "set", "has", "deleteProperty"] {
        traps.set(name, reflect.get::<_, Function<'js>>(name)?)?;
    }
    Ok(traps)
}

/// Whether the script may walk over a genuine array of this length.
pub(crate) fn admit_array(ctx: &Ctx<'_>, length: i64) -> Result<(), Error> {
    let length = length.max(0) as u64;
    let affordable = Realm::with(ctx, |realm| {
        let meter = &realm.run.meter;
        Ok(meter.charge(length / ELEMENTS_MOVED_PER_STEP) && meter.affords_or_exhaust(length * STEPS_PER_ELEMENT))
    })?;
    if affordable { Ok(()) } else { Err(interrupt(ctx)) }
}

/// Whether the script may search for a string in another, as QuickJS does: position by position.
pub(crate) fn admit_search(ctx: &Ctx<'_>, haystack: &[u16], needle: &[u16]) -> Result<(), Error> {
    let steps = comparisons(haystack, needle) / CHARACTERS_PER_STEP;
    let affordable = Realm::with(ctx, |realm| {
        let meter = &realm.run.meter;
        Ok(meter.charge((haystack.len() + needle.len()) as u64 / CHARACTERS_PER_STEP)
            && meter.affords_or_exhaust(steps))
    })?;
    if affordable { Ok(()) } else { Err(interrupt(ctx)) }
}

/// Whether the script may compile a regular expression of this length.
pub(crate) fn admit_pattern(ctx: &Ctx<'_>, length: u64) -> Result<(), Error> {
    if length > PATTERN_CHARACTERS {
        let message =
            format!("a regular expression may have {PATTERN_CHARACTERS} characters, and this one has {length}");
        return Err(throw_range_error(ctx, &message));
    }
    let affordable = Realm::with(ctx, |realm| Ok(realm.run.meter.charge(length * length / 1024)))?;
    if affordable { Ok(()) } else { Err(interrupt(ctx)) }
}

/// How many characters are compared when a string is sought at every position of another: the sum of the
/// lengths of the common prefixes, which the Z algorithm finds in linear time.
fn comparisons(haystack: &[u16], needle: &[u16]) -> u64 {
    let own = prefixes(needle, needle, None);
    let common = prefixes(haystack, needle, Some(&own));
    haystack.len() as u64 + common.iter().map(|length| u64::from(*length)).sum::<u64>()
}

/// For every position of `text`, how long a prefix of `pattern` begins there. `own` are the prefixes of the
/// pattern itself, when the text is another.
fn prefixes(text: &[u16], pattern: &[u16], own: Option<&[u32]>) -> Vec<u32> {
    let mut lengths = vec![0u32; text.len()];
    let (mut left, mut right) = (0, 0);
    for at in usize::from(own.is_none())..text.len() {
        let known = own.unwrap_or(&lengths);
        let mut length = match known.get(at - left) {
            Some(length) if at < right => (*length as usize).min(right - at),
            _ => 0,
        };
        while at + length < text.len() && length < pattern.len() && text[at + length] == pattern[length] {
            length += 1;
        }
        if at + length > right {
            (left, right) = (at, at + length);
        }
        lengths[at] = length as u32;
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_those_of_a_plain_search() {
        for (haystack, needle) in
            [("aaaaaaab", "aaab"), ("abcabcabd", "abcabd"), ("xyz", "q"), ("", "a"), ("abab", "ab")]
        {
            let (haystack, needle): (Vec<u16>, Vec<u16>) =
                (haystack.encode_utf16().collect(), needle.encode_utf16().collect());
            let plain: usize = (0..haystack.len())
                .map(|at| haystack[at..].iter().zip(&needle).take_while(|(a, b)| a == b).count())
                .sum();
            assert_eq!(comparisons(&haystack, &needle), (haystack.len() + plain) as u64);
        }
    }
}
