//! Equality of JSON values (JSON Schema Core 4.2.2), counted in steps.

use crate::number;
use serde_json::Value;
use std::cmp::Ordering;

/// Deeper values are not compared.
const DEPTH: usize = 128;

/// Steps that are left for one check.
pub(crate) struct Budget(pub u64);

impl Budget {
    /// False when the budget is used up.
    pub fn spend(&mut self, steps: usize) -> bool {
        self.0 = self.0.saturating_sub(steps as u64);
        self.0 > 0
    }
}

/// `None` when that is too much to find out.
pub(crate) fn equal(a: &Value, b: &Value, budget: &mut Budget) -> Option<bool> {
    equal_at(a, b, budget, 0)
}

fn equal_at(a: &Value, b: &Value, budget: &mut Budget, depth: usize) -> Option<bool> {
    if !budget.spend(1) || depth > DEPTH {
        return None;
    }
    match (a, b) {
        (Value::Null, Value::Null) => Some(true),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Number(a), Value::Number(b)) => Some(number::compare(a, b) == Ordering::Equal),
        (Value::String(a), Value::String(b)) => (a.len() != b.len() || budget.spend(a.len() / 64)).then_some(a == b),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            all(a.iter().zip(b), |(a, b)| equal_at(a, b, budget, depth + 1))
        }
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => all(a, |(name, a)| match b.get(name) {
            Some(b) => equal_at(a, b, budget, depth + 1),
            None => Some(false),
        }),
        _ => Some(false),
    }
}

fn all<T>(pairs: impl IntoIterator<Item = T>, mut equal: impl FnMut(T) -> Option<bool>) -> Option<bool> {
    for pair in pairs {
        match equal(pair) {
            Some(true) => {}
            other => return other,
        }
    }
    Some(true)
}

/// The first two equal items by position, in about linear time; `None` when that is too much to find out.
pub(crate) fn first_repeated(items: &[Value], budget: &mut Budget) -> Option<Option<(usize, usize)>> {
    let mut marked = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        marked.push((fingerprint(item, budget, 0)?, index));
    }
    if !budget.spend(items.len()) {
        return None;
    }
    marked.sort_unstable();
    for (at, &(mark, first)) in marked.iter().enumerate() {
        for &(_, second) in marked[at + 1..].iter().take_while(|(other, _)| *other == mark) {
            if equal(&items[first], &items[second], budget)? {
                return Some(Some((first, second)));
            }
        }
    }
    Some(None)
}

/// The same for equal values: FNV-1a, with the entries of objects summed since they have no order.
fn fingerprint(value: &Value, budget: &mut Budget, depth: usize) -> Option<u64> {
    if !budget.spend(1) || depth > DEPTH {
        return None;
    }
    Some(match value {
        Value::Null => 1,
        Value::Bool(value) => 2 + u64::from(*value),
        Value::Number(number) => mixed(4, &number::fingerprint(number).to_le_bytes()),
        Value::String(text) => {
            if !budget.spend(text.len() / 8) {
                return None;
            }
            mixed(5, text.as_bytes())
        }
        Value::Array(items) => {
            let mut mark = 6;
            for item in items {
                mark = mixed(mark, &fingerprint(item, budget, depth + 1)?.to_le_bytes());
            }
            mark
        }
        Value::Object(entries) => {
            let mut mark = 7u64;
            for (name, value) in entries {
                let entry = fingerprint(value, budget, depth + 1)?;
                mark = mark.wrapping_add(mixed(entry, name.as_bytes()));
            }
            mark
        }
    })
}

fn mixed(start: u64, bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ start.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bytes.iter().fold(start, |mark, byte| (mark ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn repeated_items_are_found_by_value() {
        let first = |items: Value| first_repeated(items.as_array().expect("items"), &mut Budget(10_000));
        assert_eq!(first(json!([1, "1", true, null, [1], {"a": 1}])), Some(None));
        assert_eq!(first(json!([3, 1, 1.0])), Some(Some((1, 2))));
        assert_eq!(first(json!([{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}])), Some(Some((0, 1))));
        assert_eq!(first(json!([0, -0.0])), Some(Some((0, 1))));
        assert_eq!(first((0..20_000).collect()), None);
    }
}
