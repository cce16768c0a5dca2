//! Whether a tool may be used: in Code Mode, outside of it only, or not at all.
//!
//! A [`Policy`] is what an operator writes about the tools of one server ([`Policy::access`]) or of several
//! ([`Policy::access_on`]). As JSON:
//!
//! ```
//! # use tool_policy::{Access, Policy};
//! # use serde_json::json;
//! let policy: Policy = serde_json::from_value(json!({
//!     "default": "blocked",
//!     "rules": [
//!         {"class": "readOnly", "access": "allowed"},
//!         {"pattern": "*_secret*", "access": "blocked"},
//!         {"name": "create_issue", "access": "blockedInCodeMode"}
//!     ],
//!     "annotations": {"run_query": {"readOnlyHint": false}}
//! }))?;
//! let read_only = json!({"readOnlyHint": true});
//! assert_eq!(policy.access("list_issues", Some(&read_only)), Access::Allowed);
//! assert_eq!(policy.access("list_secrets", Some(&read_only)), Access::Blocked);
//! assert_eq!(policy.access("create_issue", None), Access::BlockedInCodeMode);
//! assert_eq!(policy.access("run_query", Some(&read_only)), Access::Blocked);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Whatever decides more narrowly wins: a rule by name beats one by pattern, that beats one by class, and that beats
//! the default. Among rules of one kind that meet a tool, the strictest counts; their order means nothing.

mod access;
mod class;
mod hints;
mod object;
mod pattern;
mod policy;
mod rule;
mod subject;

pub use access::Access;
pub use class::Class;
pub use hints::Hints;
pub use pattern::MAX_PATTERN_CHARS;
pub use policy::{MAX_ANNOTATIONS, MAX_RULES, Policy, PolicyError};
pub use rule::{MAX_NAME_CHARS, Rule, RuleError};
