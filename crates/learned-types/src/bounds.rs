//! The bounds of a shape.

use crate::shape::{Object, Shape};

/// Objects and arrays inside each other; deeper ones are not looked at.
pub(crate) const MAX_NESTING: usize = 12;

/// Properties of one object; an object with more is a map.
pub(crate) const MAX_PROPERTIES: usize = 100;

/// Places in one shape: properties, elements, entries.
const MAX_PLACES: usize = 600;

/// Cuts what is too large, the deepest parts first.
pub(crate) fn cut(shape: &mut Shape) {
    let mut levels = MAX_NESTING;
    while levels > 0 && places(shape) > MAX_PLACES {
        levels -= 1;
        cut_below(shape, levels);
    }
}

fn places(shape: &Shape) -> usize {
    1 + shape.array.iter().map(|elements| places(elements)).sum::<usize>()
        + shape.object.iter().map(|object| places_of_object(object)).sum::<usize>()
}

fn places_of_object(object: &Object) -> usize {
    let properties = object.properties.values().map(|property| places(&property.shape));
    properties.chain(object.entries.iter().map(|entries| places(entries))).sum()
}

/// Makes `any` of every object and array that has `levels` others around it.
fn cut_below(shape: &mut Shape, levels: usize) {
    if levels == 0 {
        shape.any |= shape.array.take().is_some() | shape.object.take().is_some();
        return;
    }
    shape.array.iter_mut().for_each(|elements| cut_below(elements, levels - 1));
    if let Some(object) = &mut shape.object {
        object.properties.values_mut().for_each(|property| cut_below(&mut property.shape, levels - 1));
        object.entries.iter_mut().for_each(|entries| cut_below(entries, levels - 1));
    }
}
