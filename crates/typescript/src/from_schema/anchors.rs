use serde_json::Value;
use std::collections::HashMap;

/// The schemas of a document that `$anchor` or `$dynamicAnchor` names, the first one of each name.
pub(super) fn anchors(root: &Value) -> HashMap<&str, &Value> {
    let mut found = HashMap::new();
    collect(root, &mut found);
    found
}

fn collect<'a>(schema: &'a Value, found: &mut HashMap<&'a str, &'a Value>) {
    match schema {
        Value::Object(members) => {
            for keyword in ["$anchor", "$dynamicAnchor"] {
                if let Some(Value::String(name)) = members.get(keyword) {
                    found.entry(name).or_insert(schema);
                }
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}
