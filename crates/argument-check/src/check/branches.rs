//! Applicators on the same value: `allOf`, `anyOf`, `oneOf`, `not`, `if`.

use super::{Evaluated, Outcome, Run};
use crate::{
    explain::{Finding, LIMIT, closest},
    keyword::NodeId,
    path::At,
    show,
};

/// Branches that are looked at to explain why none fits.
const EXPLAINED: usize = 32;

impl Run<'_> {
    pub(super) fn all_of(&mut self, nodes: &[NodeId], at: At<'_>, mut evaluated: Option<&mut Evaluated>) -> Outcome {
        let mut outcome = Outcome::Fits;
        for node in nodes {
            outcome = outcome.and(self.node(*node, at, evaluated.as_deref_mut()));
            if self.is_settled(outcome) {
                break;
            }
        }
        outcome
    }

    pub(super) fn any_of(&mut self, nodes: &[NodeId], at: At<'_>, evaluated: Option<&mut Evaluated>) -> Outcome {
        // Only who asks what was evaluated needs all branches.
        let enough = if evaluated.is_some() { usize::MAX } else { 1 };
        match self.branches(nodes, enough, at, evaluated) {
            (fitting, _) if !fitting.is_empty() => Outcome::Fits,
            (_, true) => Outcome::Unknown,
            _ => self.fits_none(nodes, at),
        }
    }

    pub(super) fn one_of(&mut self, nodes: &[NodeId], at: At<'_>, evaluated: Option<&mut Evaluated>) -> Outcome {
        match self.branches(nodes, 2, at, evaluated) {
            (fitting, _) if fitting.len() > 1 => self.fails(|| {
                let [first, second] = [fitting[0] + 1, fitting[1] + 1];
                let got = show::value(at.value);
                Finding::said(at, format!("fits both form {first} and form {second} of \"oneOf\", got {got}"))
            }),
            (_, true) => Outcome::Unknown,
            (fitting, _) if fitting.len() == 1 => Outcome::Fits,
            _ => self.fits_none(nodes, at),
        }
    }

    /// The branches that fit, until there are enough, and whether that is unknown of others.
    fn branches(
        &mut self,
        nodes: &[NodeId],
        enough: usize,
        at: At<'_>,
        mut evaluated: Option<&mut Evaluated>,
    ) -> (Vec<usize>, bool) {
        let (mut fitting, mut unknown) = (Vec::new(), false);
        for (index, node) in nodes.iter().enumerate() {
            let mut own = evaluated.is_some().then(Evaluated::default);
            let outcome = self.quietly(*node, at, own.as_mut());
            unknown |= outcome == Outcome::Unknown;
            if outcome == Outcome::Fits {
                fitting.push(index);
                if let (Some(evaluated), Some(own)) = (evaluated.as_deref_mut(), own) {
                    self.budget.spend(own.len());
                    evaluated.add(own);
                }
            }
            if fitting.len() >= enough {
                break;
            }
        }
        if let Some(evaluated) = evaluated {
            evaluated.uncertain |= unknown;
        }
        (fitting, unknown)
    }

    fn fits_none(&mut self, nodes: &[NodeId], at: At<'_>) -> Outcome {
        let Some(outer) = self.findings.take() else { return Outcome::Fails };
        let mut branches = Vec::new();
        for node in nodes.iter().take(EXPLAINED) {
            self.findings = Some(Vec::new());
            self.node(*node, at, None);
            branches.push(self.findings.take().unwrap_or_default());
        }
        let mut findings = outer;
        findings.extend(closest(branches, nodes.len(), at));
        findings.truncate(LIMIT);
        self.findings = Some(findings);
        Outcome::Fails
    }

    pub(super) fn not(&mut self, node: NodeId, at: At<'_>) -> Outcome {
        match self.quietly(node, at, None).negated() {
            Outcome::Fails => self.fails(|| {
                Finding::said(at, format!("expected what \"not\" does not describe, got {}", show::value(at.value)))
            }),
            other => other,
        }
    }

    pub(super) fn if_then_else(
        &mut self,
        condition: NodeId,
        then: Option<NodeId>,
        otherwise: Option<NodeId>,
        at: At<'_>,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Outcome {
        let mut own = evaluated.is_some().then(Evaluated::default);
        let chosen = match self.quietly(condition, at, own.as_mut()) {
            Outcome::Unknown => return Outcome::Unknown,
            Outcome::Fits => {
                if let (Some(evaluated), Some(own)) = (evaluated.as_deref_mut(), own) {
                    evaluated.add(own);
                }
                then
            }
            Outcome::Fails => otherwise,
        };
        chosen.map_or(Outcome::Fits, |node| self.node(node, at, evaluated))
    }
}
