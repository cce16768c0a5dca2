//! What is said about what does not fit.

use crate::{keyword::Types, path::At, problem::Problem, show};
use serde_json::Value;

/// Findings that are kept: those that are told, and one more to know that there are more.
pub(crate) const LIMIT: usize = 6;

/// Values of an `enum` that a message lists.
const SHOWN_VALUES: usize = 10;

/// Values and names among which the one that was meant is looked for.
const COMPARED: usize = 100;

/// Problems of the closest of several forms that a message lists.
const SHOWN_OF_FORM: usize = 3;

/// One thing that does not fit.
#[derive(PartialEq)]
pub(crate) struct Finding {
    path: String,
    what: What,
}

#[derive(PartialEq)]
enum What {
    /// A value of another type, or none of the allowed values.
    Mismatch(Mismatch),
    Said(String),
}

#[derive(Clone, PartialEq)]
struct Mismatch {
    types: Types,
    /// As JSON, cut.
    values: Vec<String>,
    got: String,
}

impl Finding {
    pub fn said(at: At<'_>, message: String) -> Finding {
        Finding { path: at.path.written(), what: What::Said(message) }
    }

    pub fn type_expected(at: At<'_>, types: Types) -> Finding {
        let mismatch = Mismatch { types, values: Vec::new(), got: show::value(at.value) };
        Finding { path: at.path.written(), what: What::Mismatch(mismatch) }
    }

    pub fn value_expected(at: At<'_>, values: &[Value]) -> Finding {
        let values = values.iter().take(COMPARED).map(show::literal).collect();
        let mismatch = Mismatch { types: Types::default(), values, got: show::value(at.value) };
        Finding { path: at.path.written(), what: What::Mismatch(mismatch) }
    }

    pub fn missing(at: At<'_>, name: &str, cause: Option<&str>) -> Finding {
        let because = cause.map(|cause| format!(", since {} is given", show::quoted(cause))).unwrap_or_default();
        Finding::said(at, format!("{} is missing{because}", show::quoted(name)))
    }

    pub fn no_property<'a>(at: At<'_>, name: &str, known: impl Iterator<Item = &'a str>) -> Finding {
        let meant = tool_names::nearest(name, known.take(COMPARED));
        let hint = meant.first().map(|meant| hint(&show::quoted(meant))).unwrap_or_default();
        Finding::said(at, format!("{} is not a property{hint}", show::quoted(name)))
    }

    pub fn into_problem(self) -> Problem {
        let message = match self.what {
            What::Said(message) => message,
            What::Mismatch(mismatch) => mismatch.message(),
        };
        Problem { path: self.path, message }
    }

    fn mismatch_at(&self, path: &str) -> Option<&Mismatch> {
        match &self.what {
            What::Mismatch(mismatch) if self.path == path => Some(mismatch),
            _ => None,
        }
    }

    /// Whether this says that another value was meant altogether, as of `{"kind": {"const": "a"}}`.
    fn is_choice(&self) -> bool {
        matches!(&self.what, What::Mismatch(mismatch) if !mismatch.values.is_empty())
    }
}

impl Mismatch {
    fn message(&self) -> String {
        let mut expected: Vec<String> = self.types.described().map(str::to_string).collect();
        match self.values.as_slice() {
            [] => {}
            [value] => expected.push(value.clone()),
            values => {
                let more = if values.len() > SHOWN_VALUES { ", …" } else { "" };
                expected.push(format!("one of {}{more}", values[..values.len().min(SHOWN_VALUES)].join(", ")));
            }
        }
        let last = expected.pop().unwrap_or_default();
        let expected = if expected.is_empty() { last } else { format!("{} or {last}", expected.join(", ")) };
        let texts = self.values.iter().map(String::as_str).filter(|value| value.starts_with('"'));
        let meant = if self.got.starts_with('"') { tool_names::nearest(&self.got, texts) } else { Vec::new() };
        let hint = meant.first().filter(|_| self.values.len() > 1).map(|meant| hint(meant)).unwrap_or_default();
        format!("expected {expected}, got {}{hint}", self.got)
    }

    /// What either allows; the value is the same.
    fn or(mut self, other: &Mismatch) -> Mismatch {
        self.types = self.types.with(other.types);
        for value in &other.values {
            if self.values.len() < COMPARED && !self.values.contains(value) {
                self.values.push(value.clone());
            }
        }
        self
    }
}

fn hint(meant: &str) -> String {
    format!(" — did you mean {meant}?")
}

/// What to say when none of several forms fits: one sentence for all when they disagree with the value at the same
/// place, the problems of the only form that can be meant, or those of the closest one, named as such.
pub(crate) fn closest(branches: Vec<Vec<Finding>>, forms: usize, at: At<'_>) -> Vec<Finding> {
    let own = at.path.written();
    if branches.len() == forms
        && let Some(finding) = common(&branches, &own)
    {
        return vec![finding];
    }
    let cost = |findings: &[Finding]| {
        let other_type = findings.is_empty() || findings.iter().any(|finding| finding.mismatch_at(&own).is_some());
        (other_type, findings.iter().any(Finding::is_choice))
    };
    let best = branches.iter().map(|branch| cost(branch)).min();
    let alone = branches.iter().filter(|branch| Some(cost(branch)) == best).count() == 1;
    let candidates = branches.into_iter().enumerate().filter(|(_, branch)| Some(cost(branch)) == best);
    match candidates.min_by_key(|(_, branch)| branch.len()) {
        Some((_, branch)) if alone && !branch.is_empty() => branch,
        Some((index, branch)) if !branch.is_empty() => {
            let problems: Vec<String> =
                branch.into_iter().take(SHOWN_OF_FORM).map(|finding| finding.into_problem().to_string()).collect();
            let form = index + 1;
            let problems = problems.join("; ");
            vec![Finding::said(at, format!("fits none of {forms} forms; closest is form {form}: {problems}"))]
        }
        _ => vec![Finding::said(at, format!("fits none of {forms} forms, got {}", show::value(at.value)))],
    }
}

/// What all forms expect at the same place.
fn common(branches: &[Vec<Finding>], own: &str) -> Option<Finding> {
    let (first, others) = branches.split_first()?;
    let places = std::iter::once(own).chain(first.iter().map(|finding| finding.path.as_str()));
    places.into_iter().find_map(|path| {
        let at = |branch: &'_ [Finding]| branch.iter().find_map(|finding| finding.mismatch_at(path).cloned());
        let start = at(first)?;
        let all = others.iter().try_fold(start, |all, branch| Some(all.or(&at(branch)?)))?;
        Some(Finding { path: path.to_string(), what: What::Mismatch(all) })
    })
}
