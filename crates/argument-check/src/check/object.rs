//! Keywords for objects.

use super::{Evaluated, Outcome, Run};
use crate::{
    explain::Finding,
    keyword::{Names, NodeId},
    path::{At, Path},
    pattern::Pattern,
};
use serde_json::{Map, Value};

impl Run<'_> {
    pub(super) fn properties(
        &mut self,
        named: &[(Box<str>, NodeId)],
        patterns: &[(Pattern, NodeId)],
        additional: Option<NodeId>,
        at: At<'_>,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Outcome {
        let Value::Object(entries) = at.value else { return Outcome::Fits };
        let mut outcome = Outcome::Fits;
        for (position, (name, value)) in entries.iter().enumerate() {
            let path = Path::Property(at.path, name);
            let inner = At { value, path: &path };
            let (mut known, mut maybe) = (false, false);
            if let Ok(index) = named.binary_search_by(|(known, _)| (**known).cmp(name)) {
                known = true;
                outcome = outcome.and(self.node(named[index].1, inner, None));
            }
            for (pattern, node) in patterns {
                match pattern.finds(name, &mut self.budget) {
                    Some(true) => {
                        known = true;
                        outcome = outcome.and(self.node(*node, inner, None));
                    }
                    Some(false) => {}
                    None => maybe = true,
                }
            }
            if maybe {
                outcome = outcome.and(Outcome::Unknown);
            }
            if let Some(node) = additional.filter(|_| !known && !maybe) {
                known = true;
                outcome = outcome.and(match self.schema.nodes[node.0].is_never() {
                    true => self.fails(|| Finding::no_property(at, name, unused(named, entries))),
                    false => self.node(node, inner, None),
                });
            }
            if let Some(evaluated) = evaluated.as_deref_mut().filter(|_| known) {
                evaluated.mark(position);
            }
            if !self.budget.spend(1) || self.is_settled(outcome) {
                break;
            }
        }
        // What was not reached when the budget ran out.
        if self.budget.0 == 0 { outcome.and(Outcome::Unknown) } else { outcome }
    }

    pub(super) fn property_names(&mut self, node: NodeId, at: At<'_>) -> Outcome {
        let Value::Object(entries) = at.value else { return Outcome::Fits };
        let mut outcome = Outcome::Fits;
        for name in entries.keys() {
            if !self.budget.spend(1 + name.len() / 64) {
                return outcome.and(Outcome::Unknown);
            }
            let value = Value::from(name.as_str());
            outcome = outcome.and(self.node(node, At { value: &value, path: &Path::Name(at.path, name) }, None));
            if self.is_settled(outcome) {
                break;
            }
        }
        outcome
    }

    /// `cause` is the property because of which these are required.
    pub(super) fn required(&mut self, names: &[Box<str>], cause: Option<&str>, at: At<'_>) -> Outcome {
        let Value::Object(entries) = at.value else { return Outcome::Fits };
        let mut outcome = Outcome::Fits;
        if !self.budget.spend(names.len()) {
            return Outcome::Unknown;
        }
        for name in names.iter().filter(|name| !entries.contains_key(&***name)) {
            outcome = self.fails(|| Finding::missing(at, name, cause));
            if self.is_settled(outcome) {
                break;
            }
        }
        outcome
    }

    pub(super) fn dependent_required(&mut self, of: &[(Box<str>, Names)], at: At<'_>) -> Outcome {
        let mut outcome = Outcome::Fits;
        for (name, required) in of {
            if !self.budget.spend(1) {
                return outcome.and(Outcome::Unknown);
            }
            if at.value.get(&**name).is_some() {
                outcome = outcome.and(self.required(required, Some(name), at));
            }
            if self.is_settled(outcome) {
                break;
            }
        }
        outcome
    }

    pub(super) fn dependent_schemas(
        &mut self,
        of: &[(Box<str>, NodeId)],
        at: At<'_>,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Outcome {
        let mut outcome = Outcome::Fits;
        for (name, node) in of {
            if !self.budget.spend(1) {
                return outcome.and(Outcome::Unknown);
            }
            if at.value.get(&**name).is_some() {
                outcome = outcome.and(self.node(*node, at, evaluated.as_deref_mut()));
            }
            if self.is_settled(outcome) {
                break;
            }
        }
        outcome
    }

    pub(super) fn unevaluated_properties(
        &mut self,
        node: NodeId,
        at: At<'_>,
        evaluated: Option<&mut Evaluated>,
    ) -> Outcome {
        let (Value::Object(entries), Some(evaluated)) = (at.value, evaluated) else { return Outcome::Fits };
        if evaluated.uncertain {
            return Outcome::Unknown;
        }
        let mut outcome = Outcome::Fits;
        for (position, (name, value)) in entries.iter().enumerate() {
            if evaluated.has(position) {
                continue;
            }
            outcome = outcome.and(match self.schema.nodes[node.0].is_never() {
                true => self.fails(|| Finding::no_property(at, name, [].into_iter())),
                false => self.node(node, At { value, path: &Path::Property(at.path, name) }, None),
            });
            evaluated.mark(position);
            if self.is_settled(outcome) {
                break;
            }
        }
        outcome
    }
}

/// Names that could have been meant by a wrong one.
fn unused<'a>(named: &'a [(Box<str>, NodeId)], entries: &'a Map<String, Value>) -> impl Iterator<Item = &'a str> {
    named.iter().map(|(name, _)| &**name).filter(|name| !entries.contains_key(*name))
}
