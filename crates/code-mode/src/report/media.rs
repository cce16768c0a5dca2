//! Media in a result: MCP content blocks, not base64 inside JSON.

use serde_json::{Value, json};

/// Levels of nesting that are searched; the interpreter bounds what can come.
const DEPTH: usize = 200;

/// Takes the media out of a result, wherever they are, and leaves a note in each place: `attached` is the
/// number of the block (from 1, in the order of the returned list), `omitted` says why there is none.
///
/// Media are `image`, `audio`, `resource` and `resource_link` blocks of MCP. At most `limit_bytes` of them are kept.
pub fn take_media(result: &mut Value, limit_bytes: usize) -> Vec<Value> {
    let mut taken = Taken { blocks: Vec::new(), bytes_left: limit_bytes, limit_bytes };
    taken.walk(result, DEPTH);
    taken.blocks
}

struct Taken {
    blocks: Vec<Value>,
    bytes_left: usize,
    limit_bytes: usize,
}

impl Taken {
    fn walk(&mut self, value: &mut Value, depth: usize) {
        if let Some(mut note) = note(value) {
            let size = value.to_string().len();
            if size <= self.bytes_left {
                self.bytes_left -= size;
                self.blocks.push(value.take());
                note["attached"] = json!(self.blocks.len());
            } else {
                note["omitted"] = json!(format!("{size} bytes; all media together may have {}", self.limit_bytes));
            }
            *value = note;
            return;
        }
        match value {
            _ if depth == 0 => {}
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, depth - 1)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.walk(field, depth - 1)),
            _ => {}
        }
    }
}

/// What stays in the place of a block; `None` when the value is no media block.
fn note(value: &Value) -> Option<Value> {
    let text = |value: &Value, field: &str| value.get(field).filter(|found| found.is_string()).cloned();
    let kind = value.as_object()?.get("type")?.as_str()?;
    let mut note = json!({"type": kind});
    match kind {
        "image" | "audio" => {
            text(value, "data")?;
            note["mimeType"] = text(value, "mimeType")?;
        }
        "resource" => {
            let resource = value.get("resource")?;
            text(resource, "text").or_else(|| text(resource, "blob"))?;
            note["uri"] = text(resource, "uri")?;
        }
        "resource_link" => {
            text(value, "name")?;
            note["uri"] = text(value, "uri")?;
        }
        _ => return None,
    }
    Some(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(data: &str) -> Value {
        json!({"type": "image", "data": data, "mimeType": "image/png"})
    }

    #[test]
    fn media_are_taken_from_wherever_they_are() {
        let resource = json!({"type": "resource", "resource": {"uri": "a:b", "blob": "AA=="}});
        let mut result = json!({"pictures": [image("AAAA"), 1], "deep": {"er": resource}});
        let blocks = take_media(&mut result, 1_000);
        assert_eq!(blocks, [image("AAAA"), resource]);
        assert_eq!(
            result,
            json!({
                "pictures": [{"type": "image", "mimeType": "image/png", "attached": 1}, 1],
                "deep": {"er": {"type": "resource", "uri": "a:b", "attached": 2}},
            })
        );
        let mut result = image("AAAA");
        assert_eq!(take_media(&mut result, 1_000).len(), 1);
    }

    #[test]
    fn what_only_looks_like_media_stays() {
        for value in [
            json!({"type": "image", "url": "x"}),
            json!({"type": "text", "text": "x"}),
            json!({"type": 7}),
            json!("image"),
        ] {
            let mut result = value.clone();
            assert!(take_media(&mut result, 1_000).is_empty());
            assert_eq!(result, value);
        }
    }

    #[test]
    fn media_over_the_limit_are_left_out_and_said_to_be() {
        let mut result = json!([image(&"A".repeat(500)), image("AAAA")]);
        let blocks = take_media(&mut result, 300);
        assert_eq!(blocks, [image("AAAA")]);
        assert!(result[0]["omitted"].as_str().expect("a reason").contains("300"));
        assert_eq!(result[1]["attached"], 1);
    }
}
