//! Tool calls.

use crate::{
    client::Client,
    clock::Clock,
    deadlines::Deadline,
    error::{Error, Fault, Problem},
    parameter_headers,
    request::Call,
    tools::Tool,
    transport::Transport,
};
use mcp::code;
use serde_json::{Map, Value};

impl<T: Transport, C: Clock> Client<T, C> {
    /// Calls a tool; gives MCP's `CallToolResult`, also when its `isError` is true. `known` is its entry in the
    /// catalog, where there is one: it says which arguments a modern server wants mirrored in headers, and whether a
    /// call that broke off may be sent again. `meta` are members of `_meta`, such as a trace.
    pub async fn call_tool(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        known: Option<&Tool>,
        meta: impl Into<Map<String, Value>>,
    ) -> Result<Value, Error> {
        self.limited(Deadline::Call, self.call(name, arguments, known, &meta.into())).await
    }

    async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        known: Option<&Tool>,
        meta: &Map<String, Value>,
    ) -> Result<Value, Error> {
        match self.call_once(name, &arguments, known, meta).await {
            Err(error) if is_header_mismatch(&error) => {
                // The headers follow the tool's schema, so the known one is old.
                self.note_tools_changed();
                let catalog = Box::pin(self.list_tools()).await?;
                let tool = catalog.tools.iter().find(|tool| tool.name == name);
                self.call_once(name, &arguments, tool, meta).await
            }
            outcome => outcome,
        }
    }

    async fn call_once(
        &self,
        name: &str,
        arguments: &Map<String, Value>,
        known: Option<&Tool>,
        meta: &Map<String, Value>,
    ) -> Result<Value, Error> {
        let mut params = Map::new();
        params.insert("name".to_string(), name.into());
        params.insert("arguments".to_string(), Value::Object(arguments.clone()));
        if !meta.is_empty() {
            params.insert("_meta".to_string(), Value::Object(meta.clone()));
        }
        let call = Call {
            method: METHOD,
            params,
            name: Some(name),
            parameter_headers: known
                .map(|tool| parameter_headers::headers(&tool.mirrored, arguments))
                .unwrap_or_default(),
            repeatable: known.is_some_and(|tool| tool.repeatable),
        };
        let mut result = self.ask(&call).await?;
        if let Some(fault) = unusable(&result) {
            return Err(self.protocol(METHOD, fault));
        }
        self.server.redactor.redact_value(&mut result);
        Ok(result)
    }
}

const METHOD: &str = "tools/call";

fn is_header_mismatch(error: &Error) -> bool {
    matches!(&*error.problem, Problem::Rpc { error, .. } if error.code == code::HEADER_MISMATCH)
}

/// Why a result cannot be given on: it is no object, or asks for what this client did not offer.
pub(crate) fn unusable(result: &Value) -> Option<Fault> {
    if !result.is_object() {
        return Some(Fault::Result("it is no object".to_string()));
    }
    match result["resultType"].as_str() {
        // Absent: an older server.
        None | Some("complete") => None,
        Some("input_required") => {
            let asked = result["inputRequests"].as_object().into_iter().flatten();
            let methods: Vec<&str> = asked.filter_map(|(_, request)| request["method"].as_str()).collect();
            let asked = if methods.is_empty() { "more round trips".to_string() } else { methods.join(", ") };
            Some(Fault::InputRequired { asked })
        }
        Some(other) => Some(Fault::Result(format!("its resultType is \"{other}\""))),
    }
}
