//! Assertions on a value itself: `type`, `enum`, `const`, bounds, sizes, `pattern`.

use super::{Outcome, Run};
use crate::{
    equality,
    explain::Finding,
    keyword::{Keyword, Types, Unit},
    number,
    path::At,
    pattern::Pattern,
    show,
};
use serde_json::{Number, Value};
use std::cmp::Ordering;

impl Run<'_> {
    pub(super) fn scalar(&mut self, keyword: &Keyword, at: At<'_>) -> Outcome {
        match (keyword, at.value) {
            (Keyword::Never, value) => {
                self.fails(|| Finding::said(at, format!("nothing is allowed here, got {}", show::value(value))))
            }
            (Keyword::OneOfValues(values), _) => self.one_of_values(values, at),
            (Keyword::Type(types), value) => match types.meets(Types::of(value)) {
                true => Outcome::Fits,
                false => self.fails(|| Finding::type_expected(at, *types)),
            },
            (Keyword::Bound { limit, upper, exclusive }, Value::Number(value)) => {
                self.bound(value, limit, *upper, *exclusive, at)
            }
            (Keyword::MultipleOf(step), Value::Number(value)) => match number::is_multiple(value, step) {
                true => Outcome::Fits,
                false => self.fails(|| Finding::said(at, format!("expected a multiple of {step}, got {value}"))),
            },
            (Keyword::Size { unit: Unit::Characters, limit, upper }, Value::String(text)) => {
                self.characters(text, *limit, *upper, at)
            }
            (Keyword::Size { unit: Unit::Items, limit, upper }, Value::Array(items)) => {
                self.size(items.len(), *limit, *upper, ("item", "items"), at)
            }
            (Keyword::Size { unit: Unit::Properties, limit, upper }, Value::Object(entries)) => {
                self.size(entries.len(), *limit, *upper, ("property", "properties"), at)
            }
            (Keyword::Pattern(pattern), Value::String(text)) => self.pattern(pattern, text, at),
            _ => Outcome::Fits,
        }
    }

    fn one_of_values(&mut self, values: &[Value], at: At<'_>) -> Outcome {
        for value in values {
            match equality::equal(value, at.value, &mut self.budget) {
                Some(true) => return Outcome::Fits,
                Some(false) => {}
                None => return Outcome::Unknown,
            }
        }
        self.fails(|| Finding::value_expected(at, values))
    }

    fn bound(&mut self, value: &Number, limit: &Number, upper: bool, exclusive: bool, at: At<'_>) -> Outcome {
        let order = number::compare(value, limit);
        let beyond = if upper { Ordering::Greater } else { Ordering::Less };
        if order != beyond && !(exclusive && order == Ordering::Equal) {
            return Outcome::Fits;
        }
        let expected = match (upper, exclusive) {
            (false, false) => "at least",
            (false, true) => "more than",
            (true, false) => "at most",
            (true, true) => "less than",
        };
        self.fails(|| Finding::said(at, format!("expected {expected} {limit}, got {value}")))
    }

    /// Code points are only counted where bytes do not settle it: each takes up to four.
    fn characters(&mut self, text: &str, limit: u64, upper: bool, at: At<'_>) -> Outcome {
        let bytes = text.len() as u64;
        if (upper && bytes <= limit) || (!upper && bytes / 4 >= limit) {
            return Outcome::Fits;
        }
        match self.budget.spend(text.len() / 16) {
            true => self.size(text.chars().count(), limit, upper, ("character", "characters"), at),
            false => Outcome::Unknown,
        }
    }

    pub(super) fn size(&mut self, size: usize, limit: u64, upper: bool, unit: (&str, &str), at: At<'_>) -> Outcome {
        if if upper { size as u64 <= limit } else { size as u64 >= limit } {
            return Outcome::Fits;
        }
        let expected = if upper { "at most" } else { "at least" };
        let unit = if limit == 1 { unit.0 } else { unit.1 };
        self.fails(|| Finding::said(at, format!("expected {expected} {limit} {unit}, got {size}")))
    }

    fn pattern(&mut self, pattern: &Pattern, text: &str, at: At<'_>) -> Outcome {
        match Outcome::from(pattern.finds(text, &mut self.budget)) {
            Outcome::Fails => self.fails(|| {
                let (source, text) = (show::cut(&pattern.source), show::quoted(text));
                Finding::said(at, format!("expected text that matches /{source}/, got {text}"))
            }),
            other => other,
        }
    }
}
