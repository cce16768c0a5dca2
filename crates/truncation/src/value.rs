use crate::text::cut_at;
use serde_json::{Map, Value, json};

/// How far a value is cut, from little to much: items of an array or entries of an object, characters of a
/// string, levels of nesting.
const CUTS: [(usize, usize, usize); 8] = [
    (1_000, 20_000, 32),
    (300, 5_000, 16),
    (100, 2_000, 12),
    (50, 1_000, 8),
    (20, 500, 6),
    (10, 200, 5),
    (5, 100, 4),
    (2, 40, 2),
];

/// The value, of at most that many bytes as JSON text, and whether it was cut. `what` names it, and `advice` says what
/// helps.
///
/// A value that was cut is `{"truncated": "…", "value": …}`: what is missing comes first, and every place
/// that lost something says how much.
#[must_use]
pub fn value(value: Value, limit_bytes: usize, what: &str, advice: &str) -> (Value, bool) {
    let total = value.to_string().len();
    if total <= limit_bytes {
        return (value, false);
    }
    let described = |kept: Option<Value>| {
        let size = kept.as_ref().map_or(0, |kept| kept.to_string().len());
        let missing = total.saturating_sub(size);
        let note = format!("The {what} has {total} bytes, the limit is {limit_bytes}; {missing} are missing. {advice}");
        match kept {
            Some(kept) => json!({"truncated": note, "value": kept}),
            None => json!({"truncated": note}),
        }
    };
    let smaller =
        CUTS.iter().map(|(items, characters, depth)| described(Some(shorten(&value, *items, *characters, *depth))));
    let fitting = smaller.into_iter().find(|candidate| candidate.to_string().len() <= limit_bytes);
    (fitting.unwrap_or_else(|| described(None)), true)
}

fn shorten(value: &Value, items: usize, characters: usize, depth: usize) -> Value {
    match value {
        Value::String(text) => shorten_text(text, characters),
        Value::Array(all) if depth == 0 => json!(format!("… an array of {}", all.len())),
        Value::Object(all) if depth == 0 => json!(format!("… an object of {} entries", all.len())),
        Value::Array(all) => {
            let mut kept: Vec<Value> =
                all.iter().take(items).map(|item| shorten(item, items, characters, depth - 1)).collect();
            if all.len() > items {
                kept.push(json!(format!("… {} more of {}", all.len() - items, all.len())));
            }
            Value::Array(kept)
        }
        Value::Object(all) => {
            let mut kept: Map<String, Value> = all
                .iter()
                .take(items)
                .map(|(key, value)| (shorten_key(key, characters), shorten(value, items, characters, depth - 1)))
                .collect();
            if all.len() > items {
                kept.insert("…".to_string(), json!(format!("{} more of {} entries", all.len() - items, all.len())));
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

fn shorten_text(text: &str, characters: usize) -> Value {
    match text.char_indices().nth(characters) {
        None => json!(text),
        Some((end, _)) => json!(cut_at(text, end)),
    }
}

fn shorten_key(key: &str, characters: usize) -> String {
    key.char_indices().nth(characters).map_or_else(|| key.to_string(), |(end, _)| format!("{}…", &key[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(given: Value, limit_bytes: usize) -> (Value, bool) {
        value(given, limit_bytes, "result", "Return less.")
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        assert_eq!(cut(json!({"a": [1, 2]}), 100), (json!({"a": [1, 2]}), false));
    }

    #[test]
    fn what_does_not_fit_stays_json_within_the_limit_and_says_so_first() {
        let deep = (0..200).fold(json!(1), |inner, _| json!([inner, "x".repeat(50)]));
        for given in [
            json!("x".repeat(10_000)),
            json!((0..5_000).collect::<Vec<_>>()),
            Value::Object((0..3_000).map(|n| (format!("key {n}"), json!({"n": n}))).collect()),
            json!({"ä".repeat(3_000): "ß".repeat(3_000)}),
            deep,
        ] {
            for limit in [300, 1_000, 4_000] {
                let total = given.to_string().len();
                let (kept, was_cut) = cut(given.clone(), limit);
                assert!(was_cut);
                let kept = kept.to_string();
                assert!(kept.len() <= limit, "{} > {limit}: {kept}", kept.len());
                assert!(kept.starts_with("{\"truncated\":\"The result has "), "{kept}");
                assert!(kept.contains(&format!("{total} bytes")), "{kept}");
            }
        }
    }

    #[test]
    fn arrays_keep_their_first_items_and_count_the_rest() {
        let (kept, _) = cut(json!((0..10_000).collect::<Vec<_>>()), 2_000);
        let items = kept["value"].as_array().expect("an array");
        assert_eq!(items[0], 0);
        assert!(items.last().expect("a note").as_str().expect("text").ends_with("more of 10000"), "{kept}");
    }
}
