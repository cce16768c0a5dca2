use crate::object::Object;
use crate::subject::Subject;
use crate::{Access, Hints, MAX_NAME_CHARS, Rule};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// Most rules of one policy.
pub const MAX_RULES: usize = 200;

/// Most tools that one policy annotates.
pub const MAX_ANNOTATIONS: usize = 500;

/// Who decides whether a tool may be used. The default policy allows everything.
///
/// As JSON an object of `default` (for tools that no rule meets, new ones too; `allowed` if left out), `rules` and
/// `annotations` (the operator's word about tools, by name, above what their server says). It is checked while it is
/// read: what exists is within the bounds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Object<Members>")]
pub struct Policy {
    default: Access,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<Rule>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, Hints>,
}

/// Why something is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// There are more than [`MAX_RULES`].
    #[error("at /rules: there are more than {MAX_RULES} rules; let patterns or classes stand for several names")]
    TooManyRules,
    /// There are more than [`MAX_ANNOTATIONS`].
    #[error("at /annotations: {found} tools are annotated, at most {MAX_ANNOTATIONS} can be")]
    TooManyAnnotations {
        /// How many there are.
        found: usize,
    },
    /// The name of an annotated tool is empty or longer than [`MAX_NAME_CHARS`].
    #[error("at /annotations: a tool's name has 1 to {MAX_NAME_CHARS} characters, one here has {found}")]
    AnnotatedName {
        /// Its length, in characters.
        found: usize,
    },
}

impl Policy {
    /// A policy of these parts.
    pub fn new(default: Access, rules: Vec<Rule>, annotations: BTreeMap<String, Hints>) -> Result<Self, PolicyError> {
        if rules.len() > MAX_RULES {
            return Err(PolicyError::TooManyRules);
        }
        if annotations.len() > MAX_ANNOTATIONS {
            return Err(PolicyError::TooManyAnnotations { found: annotations.len() });
        }
        let mut lengths = annotations.keys().map(|name| name.chars().count());
        match lengths.find(|length| !(1..=MAX_NAME_CHARS).contains(length)) {
            Some(found) => Err(PolicyError::AnnotatedName { found }),
            None => Ok(Self { default, rules, annotations }),
        }
    }

    /// What holds for a tool of the one server that the policy is about.
    ///
    /// `server_annotations` is what the server says in the tool's `annotations`. It is not trusted to be of any shape;
    /// it is believed where the operator says nothing, so a server that lies gets the access of the class it claims.
    #[must_use]
    pub fn access(&self, tool_name: &str, server_annotations: Option<&Value>) -> Access {
        self.decide(Subject { alias: None, tool: tool_name }, server_annotations)
    }

    /// What holds for a tool of one of the servers that the policy is about.
    ///
    /// Here a name or pattern with a `/` (in rules and among the annotations) begins with the alias of a server:
    /// `github/delete_*`, `*/delete_*`. One without holds for all servers. A tool whose own name has a `/` is met with
    /// its server's alias before it, and by patterns. Annotations with an alias stand above those without.
    #[must_use]
    pub fn access_on(&self, alias: &str, tool_name: &str, server_annotations: Option<&Value>) -> Access {
        self.decide(Subject { alias: Some(alias), tool: tool_name }, server_annotations)
    }

    /// What holds for a tool that its server does not list, of which nothing is known but a name: the strictest of what
    /// the name says as it is, and of what it says to a server that does not tell upper from lower case. With an alias
    /// names are read as [`Self::access_on`] does.
    #[must_use]
    pub fn access_in_any_case(&self, alias: Option<&str>, tool_name: &str) -> Access {
        let as_it_is = self.decide(Subject { alias, tool: tool_name }, None);
        let in_lower_case = Self {
            default: self.default,
            rules: self.rules.iter().map(Rule::in_lower_case).collect(),
            annotations: self.annotations.iter().map(|(name, hints)| (lower_case(name), *hints)).collect(),
        };
        let (alias, tool) = (alias.map(lower_case), lower_case(tool_name));
        as_it_is.strictest(in_lower_case.decide(Subject { alias: alias.as_deref(), tool: &tool }, None))
    }

    /// Whether it allows every tool, so that nobody needs to ask.
    #[must_use]
    pub fn allows_all(&self) -> bool {
        self.default == Access::Allowed && self.rules.iter().all(|rule| rule.access() == Access::Allowed)
    }

    /// What is said of a tool of the one server that the policy is about: by the operator, and where that is silent by
    /// the server.
    #[must_use]
    pub fn hints(&self, tool_name: &str, server_annotations: Option<&Value>) -> Hints {
        self.operators_word(Subject { alias: None, tool: tool_name }).above(Hints::of_server(server_annotations))
    }

    fn decide(&self, subject: Subject<'_>, server_annotations: Option<&Value>) -> Access {
        self.strictest(|rule| rule.names(subject))
            .or_else(|| self.strictest(|rule| rule.matches(subject)))
            .or_else(|| {
                let hints = self.operators_word(subject).above(Hints::of_server(server_annotations));
                self.strictest(|rule| rule.classes(hints))
            })
            .unwrap_or(self.default)
    }

    fn strictest(&self, meets: impl Fn(&Rule) -> bool) -> Option<Access> {
        self.rules.iter().filter(|rule| meets(rule)).map(Rule::access).max()
    }

    fn operators_word(&self, subject: Subject<'_>) -> Hints {
        let word = |name: &str| self.annotations.get(name).copied().filter(|_| subject.is_named(name));
        let of_the_tool = word(subject.tool).unwrap_or_default();
        let Some(alias) = subject.alias.filter(|_| !self.annotations.is_empty()) else { return of_the_tool };
        word(&format!("{alias}/{}", subject.tool)).unwrap_or_default().above(of_the_tool)
    }
}

/// A name or pattern in lower case, of as many characters as before.
pub(crate) fn lower_case(text: &str) -> String {
    let lower = |character: char| {
        let mut lower = character.to_lowercase();
        lower.next().filter(|_| lower.next().is_none()).unwrap_or(character)
    };
    text.chars().map(lower).collect()
}

/// The JSON form, as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    #[serde(default)]
    default: Access,
    #[serde(default, deserialize_with = "rules")]
    rules: Vec<Rule>,
    #[serde(default)]
    annotations: BTreeMap<String, Object<Hints>>,
}

impl TryFrom<Object<Members>> for Policy {
    type Error = PolicyError;

    fn try_from(Object(members): Object<Members>) -> Result<Self, PolicyError> {
        let annotations = members.annotations.into_iter().map(|(name, Object(hints))| (name, hints)).collect();
        Self::new(members.default, members.rules, annotations)
    }
}

/// Reads rules so that an error says in which one it is.
fn rules<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Rule>, D::Error> {
    struct Rules;

    impl<'de> Visitor<'de> for Rules {
        type Value = Vec<Rule>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array of rules")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut rules = Vec::new();
            loop {
                let rule = seq.next_element::<Rule>();
                match rule.map_err(|error| A::Error::custom(format!("at /rules/{}: {error}", rules.len())))? {
                    None => return Ok(rules),
                    Some(_) if rules.len() == MAX_RULES => return Err(A::Error::custom(PolicyError::TooManyRules)),
                    Some(rule) => rules.push(rule),
                }
            }
        }
    }

    from.deserialize_seq(Rules)
}
