//! `$ref` and `$dynamicRef`.

use super::{Evaluated, Outcome, Run};
use crate::{keyword::NodeId, path::At};

impl Run<'_> {
    pub(super) fn follow(&mut self, node: NodeId, at: At<'_>, evaluated: Option<&mut Evaluated>) -> Outcome {
        let value = std::ptr::from_ref(at.value);
        let same_value = self.following.iter().rev().take_while(|(_, other)| *other == value);
        if same_value.clone().any(|(other, _)| *other == node) {
            // A reference that leads back to itself for the same value says nothing.
            return Outcome::Unknown;
        }
        let steps = same_value.count();
        self.budget.spend(steps);
        self.following.push((node, value));
        let outcome = self.node(node, at, evaluated);
        self.following.pop();
        outcome
    }

    /// The outermost resource in the dynamic scope that has the anchor (JSON Schema Core 8.2.3.2).
    pub(super) fn follow_dynamic(
        &mut self,
        lexical: NodeId,
        anchor: usize,
        at: At<'_>,
        evaluated: Option<&mut Evaluated>,
    ) -> Outcome {
        let anchors = &self.schema.dynamic_anchors[anchor];
        if !self.budget.spend(self.scope.len() + anchors.len()) {
            return Outcome::Unknown;
        }
        let target = anchors
            .iter()
            .filter_map(|(resource, node)| Some((self.scope.iter().position(|entered| entered == resource)?, *node)))
            .min_by_key(|(position, _)| *position);
        self.follow(target.map_or(lexical, |(_, node)| node), at, evaluated)
    }
}
