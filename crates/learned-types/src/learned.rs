//! What is known of a tool's results.

use crate::bounds;
use crate::date::day;
use crate::schema::schema;
use crate::shape::Shape;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// The version of the stored form.
const VERSION: u32 = 2;

/// What was learned from some results of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    version: u32,
    samples: u64,
    newest_ms: u64,
    shape: Shape,
}

/// A stored form that cannot be read.
#[derive(Debug, Error)]
pub enum UnreadableError {
    /// It is something else.
    #[error("what was learned cannot be read")]
    Form(#[from] serde_json::Error),
    /// It is of another version.
    #[error("what was learned is of another version")]
    Version,
}

impl Default for Learned {
    fn default() -> Self {
        Learned { version: VERSION, samples: 0, newest_ms: 0, shape: Shape::default() }
    }
}

impl Learned {
    /// Takes in one more result, seen at a time in milliseconds since 1970.
    pub fn observe(&mut self, result: &Value, now_ms: u64) {
        let mut shape = Shape::default();
        shape.observe(result);
        self.merge(Learned { version: VERSION, samples: 1, newest_ms: now_ms, shape });
    }

    /// Takes in what was learned elsewhere, for instance by another instance at the same time.
    pub fn merge(&mut self, other: Learned) {
        self.samples = self.samples.saturating_add(other.samples);
        self.newest_ms = self.newest_ms.max(other.newest_ms);
        self.shape.merge(other.shape);
        bounds::cut(&mut self.shape);
    }

    /// How many results were taken in.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// When the newest was seen, in milliseconds since 1970.
    pub fn newest_ms(&self) -> u64 {
        self.newest_ms
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The JSON Schema that all results so far fit.
    pub fn schema(&self) -> Value {
        schema(&self.shape)
    }

    /// What to say beside the type: that it is learned, from how many results, and when.
    pub fn note(&self) -> String {
        format!("learned from {}; others may differ", self.sources())
    }

    /// The same where more is known.
    pub(crate) fn note_with(&self, others: &str) -> String {
        format!("learned from {}, and from {others}; others may differ", self.sources())
    }

    fn sources(&self) -> String {
        let results = if self.samples == 1 { "1 result" } else { &format!("{} results", self.samples) };
        format!("{results}, newest {}", day(self.newest_ms))
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a shape has string keys and finite numbers")
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`UnreadableError`] when the text is something else, or of another version.
    pub fn from_json(text: &str) -> Result<Self, UnreadableError> {
        let learned: Learned = serde_json::from_str(text)?;
        if learned.version == VERSION { Ok(learned) } else { Err(UnreadableError::Version) }
    }
}
