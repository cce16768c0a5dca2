//! Keywords for arrays.

use super::{Evaluated, Outcome, Run};
use crate::{
    equality,
    explain::Finding,
    keyword::NodeId,
    path::{At, Path},
};
use serde_json::Value;

impl Run<'_> {
    pub(super) fn items(
        &mut self,
        prefix: &[NodeId],
        rest: Option<NodeId>,
        at: At<'_>,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Outcome {
        let Value::Array(items) = at.value else { return Outcome::Fits };
        let mut outcome = Outcome::Fits;
        if let Some(rest) = rest
            && items.len() > prefix.len()
            && self.schema.nodes[rest.0].is_never()
        {
            outcome = self.size(items.len(), prefix.len() as u64, true, ("item", "items"), at);
        }
        let rest = rest.filter(|_| outcome != Outcome::Fails);
        for (index, item) in items.iter().enumerate() {
            let Some(node) = prefix.get(index).copied().or(rest) else { break };
            outcome = outcome.and(self.node(node, At { value: item, path: &Path::Item(at.path, index) }, None));
            if let Some(evaluated) = evaluated.as_deref_mut() {
                evaluated.mark(index);
            }
            if self.is_settled(outcome) {
                break;
            }
        }
        outcome
    }

    pub(super) fn contains(
        &mut self,
        node: NodeId,
        min: u64,
        max: Option<u64>,
        at: At<'_>,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Outcome {
        let Value::Array(items) = at.value else { return Outcome::Fits };
        let (mut fit, mut unknown) = (0, 0);
        for (index, item) in items.iter().enumerate() {
            match self.quietly(node, At { value: item, path: at.path }, None) {
                Outcome::Fits => {
                    fit += 1;
                    if let Some(evaluated) = evaluated.as_deref_mut() {
                        evaluated.mark(index);
                    }
                }
                Outcome::Unknown => unknown += 1,
                Outcome::Fails => {}
            }
            if self.budget.0 == 0 {
                return Outcome::Unknown;
            }
        }
        if let Some(evaluated) = evaluated {
            evaluated.uncertain |= unknown > 0;
        }
        let limit = match max.filter(|max| fit > *max) {
            Some(max) => Some(("at most", max)),
            None => Some(("at least", min)).filter(|_| fit + unknown < min),
        };
        match limit {
            Some((limit, count)) => self.fails(|| {
                let items = if count == 1 { "item" } else { "items" };
                Finding::said(at, format!("expected {limit} {count} {items} as described by \"contains\", got {fit}"))
            }),
            None if unknown > 0 => Outcome::Unknown,
            None => Outcome::Fits,
        }
    }

    pub(super) fn unique_items(&mut self, at: At<'_>) -> Outcome {
        let Value::Array(items) = at.value else { return Outcome::Fits };
        match equality::first_repeated(items, &mut self.budget) {
            None => Outcome::Unknown,
            Some(None) => Outcome::Fits,
            Some(Some((first, second))) => {
                self.fails(|| Finding::said(at, format!("expected no equal items, got [{first}] and [{second}] equal")))
            }
        }
    }

    pub(super) fn unevaluated_items(&mut self, node: NodeId, at: At<'_>, evaluated: Option<&mut Evaluated>) -> Outcome {
        let (Value::Array(items), Some(evaluated)) = (at.value, evaluated) else { return Outcome::Fits };
        if evaluated.uncertain {
            return Outcome::Unknown;
        }
        let mut outcome = Outcome::Fits;
        for (index, item) in items.iter().enumerate() {
            if evaluated.has(index) {
                continue;
            }
            outcome = outcome.and(self.node(node, At { value: item, path: &Path::Item(at.path, index) }, None));
            evaluated.mark(index);
            if self.is_settled(outcome) {
                break;
            }
        }
        outcome
    }
}
