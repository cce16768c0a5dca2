use admin_api::DOCUMENT;
use argument_check::Schema;
use serde_json::{Value, json};

/// The OpenAPI document.
pub struct Document(pub Value);

impl Document {
    pub fn read() -> Self {
        Self(serde_json::from_str(DOCUMENT).expect("JSON"))
    }

    /// The value itself, or what it refers to.
    pub fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').expect("a reference within the document");
                self.0.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
            }
            None => value,
        }
    }

    /// A schema of the document, ready to check values.
    pub fn schema(&self, schema: &Value) -> Schema {
        let mut whole = schema.clone();
        whole["components"] = self.0["components"].clone();
        Schema::compile(&whole).expect("a schema")
    }

    /// One of `components.schemas`.
    pub fn named(&self, name: &str) -> Schema {
        assert!(self.0["components"]["schemas"][name].is_object(), "{name}");
        self.schema(&json!({"$ref": format!("#/components/schemas/{name}")}))
    }
}
