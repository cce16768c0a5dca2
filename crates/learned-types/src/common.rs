//! What the results of several callers have in common, and so may be shown to all.

use crate::bounds;
use crate::learned::{Learned, UnreadableError};
use crate::shape::{Object, Property, Shape};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the stored form.
const VERSION: u32 = 1;

/// So many callers must have had something in their results for it to be common.
const SEVERAL: usize = 2;

/// What was learned from the results of several callers: kinds and names of properties that at least two of them had.
/// What one caller alone had is not in it, whatever that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Common {
    version: u32,
    shape: Shape,
}

impl Common {
    /// What at least two callers had, of what was learned from the results of each of them; `None` when that is nothing.
    #[must_use]
    pub fn of(callers: &[Learned]) -> Option<Self> {
        let shapes: Vec<&Shape> = callers.iter().map(Learned::shape).collect();
        let mut shape = common(&shapes);
        bounds::cut(&mut shape);
        shape.says_something().then_some(Self { version: VERSION, shape })
    }

    /// Takes in what was common before.
    pub fn merge(&mut self, earlier: Self) {
        widen(&mut self.shape, &earlier.shape);
        bounds::cut(&mut self.shape);
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a shape has string keys and finite numbers")
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`UnreadableError`] when the text is something else, or of another version.
    pub fn from_json(text: &str) -> Result<Self, UnreadableError> {
        let common: Self = serde_json::from_str(text)?;
        if common.version == VERSION { Ok(common) } else { Err(UnreadableError::Version) }
    }
}

/// What at least [`SEVERAL`] of these shapes have.
fn common(shapes: &[&Shape]) -> Shape {
    let several = |has: fn(&Shape) -> bool| shapes.iter().filter(|shape| has(shape)).count() >= SEVERAL;
    let arrays: Vec<&Shape> = shapes.iter().filter_map(|shape| shape.array.as_deref()).collect();
    let objects: Vec<&Object> = shapes.iter().filter_map(|shape| shape.object.as_deref()).collect();
    Shape {
        null: several(|shape| shape.null),
        boolean: several(|shape| shape.boolean),
        number: several(|shape| shape.number),
        string: several(|shape| shape.string),
        array: (arrays.len() >= SEVERAL).then(|| Box::new(common(&arrays))),
        object: (objects.len() >= SEVERAL).then(|| Box::new(common_object(&objects))),
        any: several(|shape| shape.any),
    }
}

fn common_object(objects: &[&Object]) -> Object {
    // In order of name, so that the order is nobody's.
    let names: BTreeSet<&String> = objects.iter().flat_map(|object| object.properties.keys()).collect();
    let properties = names.into_iter().filter_map(|name| {
        let had: Vec<&Shape> = objects.iter().filter_map(|object| Some(&object.properties.get(name)?.shape)).collect();
        (had.len() >= SEVERAL).then(|| {
            let lacks = |object: &Object| object.properties.get(name).is_none_or(|own| own.seen < object.count);
            let lacking = objects.iter().filter(|object| !object.is_map && lacks(object)).count();
            (name.clone(), Property { seen: u64::from(lacking < SEVERAL), shape: common(&had) })
        })
    });
    let entries: Vec<&Shape> = objects.iter().filter_map(|object| object.entries.as_deref()).collect();
    let mut object = Object {
        count: 1,
        properties: properties.collect(),
        entries: (entries.len() >= SEVERAL).then(|| Box::new(common(&entries))),
        is_map: false,
    };
    if objects.iter().filter(|object| object.is_map).count() >= SEVERAL {
        object.become_a_map();
    }
    object
}

/// Adds what is common to a shape that one caller's results have. What it has already stays as it is: where all of it is
/// the caller's own, nothing changes.
pub(crate) fn widen(own: &mut Shape, common: &Shape) {
    own.any |= common.any;
    // More says nothing.
    if own.any {
        return;
    }
    own.null |= common.null;
    own.boolean |= common.boolean;
    own.number |= common.number;
    own.string |= common.string;
    match (&mut own.array, &common.array) {
        (Some(own), Some(common)) => widen(own, common),
        (own @ None, common) => own.clone_from(common),
        (Some(_), None) => {}
    }
    match (&mut own.object, &common.object) {
        (Some(own), Some(common)) => widen_object(own, common),
        (own @ None, common) => own.clone_from(common),
        (Some(_), None) => {}
    }
}

fn widen_object(own: &mut Object, common: &Object) {
    if common.is_map {
        own.become_a_map();
    }
    if own.is_map {
        let properties = common.properties.values().map(|property| &property.shape);
        for entry in properties.chain(common.entries.as_deref()) {
            widen(own.entries.get_or_insert_default(), entry);
        }
        return;
    }
    let before = own.properties.len();
    for (name, property) in &common.properties {
        // Where the caller's own results have not had it, it is not always there.
        let has = own.properties.entry(name.clone()).or_default();
        widen(&mut has.shape, &property.shape);
        if property.seen < common.count {
            has.seen = has.seen.min(own.count.saturating_sub(1));
        }
    }
    if let Some(entries) = &common.entries {
        widen(own.entries.get_or_insert_default(), entries);
    }
    if own.properties.len() > before {
        own.become_a_map_if_it_is_one();
    }
}
