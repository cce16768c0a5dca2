use crate::object::Object;
use crate::pattern::{MAX_PATTERN_CHARS, Pattern};
use crate::policy::lower_case;
use crate::subject::Subject;
use crate::{Access, Class, Hints};
use serde::{Deserialize, Serialize};

/// Longest name in a rule or among a policy's annotations, in characters. MCP recommends 128 for tools.
pub const MAX_NAME_CHARS: usize = 256;

/// What holds for the tools that a rule meets.
///
/// As JSON `{"name": …, "access": …}`, `{"pattern": …, "access": …}` or `{"class": …, "access": …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Object<Members>", into = "Members")]
pub struct Rule {
    tools: Tools,
    access: Access,
}

/// Why something is not a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// It says in several ways, or not at all, which tools it meets.
    #[error("a rule has exactly one of \"name\", \"pattern\" and \"class\", this one has {found}")]
    NotOneOfThree {
        /// How many of them there are.
        found: usize,
    },
    /// The text is empty, so that it would meet nothing.
    #[error("\"{member}\" is empty; name a tool")]
    Empty {
        /// `name` or `pattern`.
        member: &'static str,
    },
    /// The text is too long.
    #[error("\"{member}\" has {found} characters, at most {most} are allowed")]
    TooLong {
        /// `name` or `pattern`.
        member: &'static str,
        /// Its length, in characters.
        found: usize,
        /// The longest allowed, in characters.
        most: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tools {
    Name(String),
    Pattern(Box<Pattern>),
    Class(Class),
}

impl Rule {
    /// A rule for the tool of a name, at most [`MAX_NAME_CHARS`] long.
    pub fn by_name(name: impl Into<String>, access: Access) -> Result<Self, RuleError> {
        let name = name.into();
        check("name", &name, MAX_NAME_CHARS)?;
        Ok(Self { tools: Tools::Name(name), access })
    }

    /// A rule for the tools whose whole name matches a pattern of at most [`MAX_PATTERN_CHARS`]: `*` stands for any
    /// run of characters, `?` for any one, all else for itself, in the same case.
    pub fn by_pattern(pattern: impl Into<String>, access: Access) -> Result<Self, RuleError> {
        let pattern = pattern.into();
        check("pattern", &pattern, MAX_PATTERN_CHARS)?;
        Ok(Self { tools: Tools::Pattern(Box::new(Pattern::new(pattern))), access })
    }

    /// A rule for the tools of a class.
    #[must_use]
    pub fn by_class(class: Class, access: Access) -> Self {
        Self { tools: Tools::Class(class), access }
    }

    /// What holds for the tools that it meets.
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }

    /// The same for names in lower case.
    pub(crate) fn in_lower_case(&self) -> Self {
        let tools = match &self.tools {
            Tools::Name(name) => Tools::Name(lower_case(name)),
            Tools::Pattern(pattern) => Tools::Pattern(Box::new(Pattern::new(lower_case(pattern.text())))),
            Tools::Class(class) => Tools::Class(*class),
        };
        Self { tools, access: self.access }
    }

    pub(crate) fn names(&self, subject: Subject<'_>) -> bool {
        matches!(&self.tools, Tools::Name(name) if subject.is_named(name))
    }

    pub(crate) fn matches(&self, subject: Subject<'_>) -> bool {
        matches!(&self.tools, Tools::Pattern(pattern) if pattern.meets(subject))
    }

    pub(crate) fn classes(&self, hints: Hints) -> bool {
        matches!(self.tools, Tools::Class(class) if class.has(hints))
    }
}

fn check(member: &'static str, text: &str, most: usize) -> Result<(), RuleError> {
    match text.chars().count() {
        0 => Err(RuleError::Empty { member }),
        found if found > most => Err(RuleError::TooLong { member, found, most }),
        _ => Ok(()),
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    access: Access,
}

impl TryFrom<Object<Members>> for Rule {
    type Error = RuleError;

    fn try_from(Object(members): Object<Members>) -> Result<Self, RuleError> {
        match members {
            Members { name: Some(name), pattern: None, class: None, access } => Self::by_name(name, access),
            Members { name: None, pattern: Some(pattern), class: None, access } => Self::by_pattern(pattern, access),
            Members { name: None, pattern: None, class: Some(class), access } => Ok(Self::by_class(class, access)),
            Members { name, pattern, class, .. } => {
                let given = [name.is_some(), pattern.is_some(), class.is_some()];
                Err(RuleError::NotOneOfThree { found: given.into_iter().filter(|given| *given).count() })
            }
        }
    }
}

impl From<Rule> for Members {
    fn from(rule: Rule) -> Self {
        let mut members = Self { name: None, pattern: None, class: None, access: rule.access };
        match rule.tools {
            Tools::Name(name) => members.name = Some(name),
            Tools::Pattern(pattern) => members.pattern = Some(pattern.text().to_string()),
            Tools::Class(class) => members.class = Some(class),
        }
        members
    }
}
