//! What is shown to one caller: what its own results have taught, and what several callers' results have in common.

use crate::bounds;
use crate::common::{Common, widen};
use crate::learned::Learned;
use crate::schema::schema;
use serde_json::Value;

/// A type that was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// The JSON Schema.
    pub schema: Value,
    /// What to say beside the type: that it is learned, and from what.
    pub note: String,
}

impl Declared {
    /// What is known; `None` when nothing is. The caller's own results count as before where nothing else is known.
    #[must_use]
    pub fn new(own: Option<&Learned>, common: Option<&Common>) -> Option<Self> {
        match (own.filter(|own| own.samples() > 0), common) {
            (None, None) => None,
            (Some(own), None) => Some(Self { schema: own.schema(), note: own.note() }),
            (None, Some(common)) => Some(Self {
                schema: schema(common.shape()),
                note: "learned from results of several clients; others may differ".to_string(),
            }),
            (Some(own), Some(common)) => Some(of_both(own, common)),
        }
    }
}

fn of_both(own: &Learned, common: &Common) -> Declared {
    let mut shape = own.shape().clone();
    widen(&mut shape, common.shape());
    bounds::cut(&mut shape);
    let (schema, alone) = (schema(&shape), own.schema());
    let note = if schema == alone { own.note() } else { own.note_with("results of several clients") };
    Declared { schema, note }
}
