//! Whether an object is a record, with names that mean something, or a map from data to like values.

use crate::bounds::MAX_PROPERTIES;
use crate::shape::{Object, Shape};

/// From so many like objects, or arrays of them, the names are taken for data.
const RECORDS: usize = 8;

/// The same for like scalars, or arrays of them: records with many strings, or many series, are common.
const SCALARS: usize = 30;

/// The same where most names come and go from object to object, and none is always there.
const CHANGING: usize = 5;

/// Whether the names of an object's properties are data.
pub(crate) fn is_map(object: &Object) -> bool {
    let names = object.properties.len();
    if names > MAX_PROPERTIES {
        return true;
    }
    if names < CHANGING {
        return false;
    }
    let shapes = || object.properties.values().map(|property| &property.shape);
    let enough = if shapes().any(holds_records) { RECORDS } else { SCALARS };
    let seen = || object.properties.values().map(|property| property.seen);
    let changing = seen().filter(|seen| seen * 2 < object.count).count();
    let come_and_go = object.count >= 3 && changing * 2 > names && seen().all(|seen| seen < object.count);
    let many = names >= enough || come_and_go;
    let mut known = shapes().filter(|shape| shape.says_something());
    many && known.next().is_some_and(|first| known.all(|other| alike(first, other)))
}

fn holds_records(shape: &Shape) -> bool {
    shape.object.is_some() || shape.array.iter().any(|elements| holds_records(elements))
}

/// Whether two shapes are of the same kinds; `null` goes with everything.
fn alike(one: &Shape, other: &Shape) -> bool {
    let scalars = |shape: &Shape| (shape.boolean, shape.number, shape.string, shape.any);
    if scalars(one) != scalars(other) {
        return false;
    }
    let arrays = match (&one.array, &other.array) {
        (Some(one), Some(other)) => !one.says_something() || !other.says_something() || alike(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    let objects = match (&one.object, &other.object) {
        (Some(one), Some(other)) => overlap(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    arrays && objects
}

/// Whether at least half of the names of the smaller object are names of the other.
fn overlap(one: &Object, other: &Object) -> bool {
    let (small, large) = if one.properties.len() <= other.properties.len() { (one, other) } else { (other, one) };
    let shared = small.properties.keys().filter(|name| large.properties.contains_key(*name)).count();
    shared * 2 >= small.properties.len()
}
