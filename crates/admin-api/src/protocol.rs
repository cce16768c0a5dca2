//! What HTTP and JSON ask of every request, whatever it is about.

pub(crate) mod accept;
pub(crate) mod body;
pub(crate) mod conditions;
pub(crate) mod fields;
pub(crate) mod merge_patch;
pub(crate) mod page;
pub(crate) mod percent;
pub(crate) mod query;
pub(crate) mod response;
pub(crate) mod route;
pub(crate) mod text;
pub(crate) mod timestamp;
