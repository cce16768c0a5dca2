//! Checks one value against a compiled schema.

mod array;
mod branches;
mod evaluated;
mod object;
mod outcome;
mod references;
mod scalar;

use crate::{
    Schema,
    equality::Budget,
    explain::{Finding, LIMIT},
    keyword::{Keyword, NodeId, ResourceId},
    path::{At, Path},
    problem::Problems,
};
use evaluated::Evaluated;
use outcome::Outcome;
use serde_json::Value;

/// Steps of one check, each of about 10 ns.
const STEPS: u64 = 4_000_000;

/// Schemas within each other, counting references: keeps the stack small, also that of a component.
const DEEPEST: usize = 160;

pub(crate) fn check(schema: &Schema, arguments: &Value) -> Problems {
    let mut run = Run {
        schema,
        budget: Budget(STEPS),
        findings: Some(Vec::new()),
        depth: 0,
        scope: Vec::new(),
        following: Vec::new(),
    };
    let at = At { value: arguments, path: &Path::Root };
    let outcome = run.node(NodeId(0), at, None);
    let findings = run.findings.unwrap_or_default();
    match outcome {
        Outcome::Fails => Problems {
            more: findings.len() >= LIMIT,
            first: findings.into_iter().take(LIMIT - 1).map(Finding::into_problem).collect(),
        },
        _ => Problems::default(),
    }
}

struct Run<'s> {
    schema: &'s Schema,
    budget: Budget,
    /// `None` while it only matters whether something fits.
    findings: Option<Vec<Finding>>,
    depth: usize,
    /// The resources entered, outermost first (JSON Schema Core 7.1).
    scope: Vec<ResourceId>,
    /// References that are being followed, and for which value.
    following: Vec<(NodeId, *const Value)>,
}

impl<'s> Run<'s> {
    fn node(&mut self, id: NodeId, at: At<'_>, evaluated: Option<&mut Evaluated>) -> Outcome {
        let schema = self.schema;
        let node = &schema.nodes[id.0];
        if node.keywords.is_empty() {
            return Outcome::Fits;
        }
        let leave_it = node.nullable && at.value.is_null();
        if leave_it || self.depth >= DEEPEST || !self.budget.spend(1 + node.keywords.len()) {
            return Outcome::Unknown;
        }
        let enters = self.scope.last() != Some(&node.resource);
        if enters {
            self.scope.push(node.resource);
        }
        self.depth += 1;
        let outcome = if node.unevaluated {
            // What schemas around this one have evaluated does not count here.
            let mut own = Evaluated::default();
            let outcome = self.keywords(&node.keywords, at, Some(&mut own));
            if let Some(evaluated) = evaluated {
                self.budget.spend(own.len());
                evaluated.add(own);
            }
            outcome
        } else {
            self.keywords(&node.keywords, at, evaluated)
        };
        self.depth -= 1;
        if enters {
            self.scope.pop();
        }
        outcome
    }

    fn keywords(&mut self, keywords: &'s [Keyword], at: At<'_>, mut evaluated: Option<&mut Evaluated>) -> Outcome {
        let mut outcome = Outcome::Fits;
        for keyword in keywords {
            if outcome != Outcome::Fits
                && matches!(keyword, Keyword::UnevaluatedItems(_) | Keyword::UnevaluatedProperties(_))
            {
                break;
            }
            let one = self.keyword(keyword, at, evaluated.as_deref_mut());
            outcome = outcome.and(one);
            // A value of another kind fails everything else too, which says nothing more.
            let other_kind = one == Outcome::Fails && matches!(keyword, Keyword::OneOfValues(_) | Keyword::Type(_));
            if other_kind || self.is_settled(outcome) {
                break;
            }
        }
        outcome
    }

    fn keyword(&mut self, keyword: &'s Keyword, at: At<'_>, evaluated: Option<&mut Evaluated>) -> Outcome {
        match keyword {
            Keyword::Unknown => Outcome::Unknown,
            Keyword::Never
            | Keyword::OneOfValues(_)
            | Keyword::Type(_)
            | Keyword::Bound { .. }
            | Keyword::MultipleOf(_)
            | Keyword::Size { .. }
            | Keyword::Pattern(_) => self.scalar(keyword, at),
            Keyword::Items { prefix, rest } => self.items(prefix, *rest, at, evaluated),
            Keyword::Contains { node, min, max } => self.contains(*node, *min, *max, at, evaluated),
            Keyword::UniqueItems => self.unique_items(at),
            Keyword::UnevaluatedItems(node) => self.unevaluated_items(*node, at, evaluated),
            Keyword::Properties { named, patterns, additional } => {
                self.properties(named, patterns, *additional, at, evaluated)
            }
            Keyword::PropertyNames(node) => self.property_names(*node, at),
            Keyword::Required(names) => self.required(names, None, at),
            Keyword::DependentRequired(of) => self.dependent_required(of, at),
            Keyword::DependentSchemas(of) => self.dependent_schemas(of, at, evaluated),
            Keyword::UnevaluatedProperties(node) => self.unevaluated_properties(*node, at, evaluated),
            Keyword::AllOf(nodes) => self.all_of(nodes, at, evaluated),
            Keyword::AnyOf(nodes) => self.any_of(nodes, at, evaluated),
            Keyword::OneOf(nodes) => self.one_of(nodes, at, evaluated),
            Keyword::Not(node) => self.not(*node, at),
            Keyword::If { condition, then, otherwise } => {
                self.if_then_else(*condition, *then, *otherwise, at, evaluated)
            }
            Keyword::Ref(node) => self.follow(*node, at, evaluated),
            Keyword::DynamicRef { lexical, anchor } => self.follow_dynamic(*lexical, *anchor, at, evaluated),
        }
    }

    /// Whether there is no use in looking further.
    fn is_settled(&self, outcome: Outcome) -> bool {
        let told = self.findings.as_ref().is_none_or(|findings| findings.len() >= LIMIT);
        self.budget.0 == 0 || (told && outcome == Outcome::Fails)
    }

    fn fails(&mut self, finding: impl FnOnce() -> Finding) -> Outcome {
        if let Some(findings) = &mut self.findings
            && findings.len() < LIMIT
        {
            // Several schemas may demand the same of a value.
            let finding = finding();
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        Outcome::Fails
    }

    /// Whether something fits, without a word on why not.
    fn quietly(&mut self, id: NodeId, at: At<'_>, evaluated: Option<&mut Evaluated>) -> Outcome {
        let findings = self.findings.take();
        let outcome = self.node(id, at, evaluated);
        self.findings = findings;
        outcome
    }
}
