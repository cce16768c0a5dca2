//! A set of tools that can be searched and declared: the core of the `discovery` component
//! (`wit/discovery/discovery.wit`).
//!
//! It puts together what scripts call a tool (`tool-names`), how tools are ranked (`tool-search`), how they are
//! declared (`typescript`) and what was learned of their results (`learned-types`).

mod catalog;
mod learning;

pub use catalog::{Catalog, Detail, Hit, Page, Query, Tool};
pub use learning::{Lesson, agree, learn};
