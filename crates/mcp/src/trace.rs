use serde_json::{Map, Value};

/// The members of `_meta` that carry a trace (MCP 2026-07-28, "`_meta`"; W3C Trace Context and Baggage).
const MEMBERS: [&str; 3] = ["traceparent", "tracestate", "baggage"];

/// Longest value that is passed on, in bytes: what W3C Baggage asks every platform to take.
const LONGEST_BYTES: usize = 8_192;

/// What tells to which trace a request belongs. Passed on as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceContext(Vec<(String, String)>);

impl TraceContext {
    /// Takes it from the `_meta` of a request's parameters.
    pub fn of_params(params: &Map<String, Value>) -> Self {
        let meta = params.get("_meta");
        let member = |name: &str| Some((name.to_string(), meta?.get(name)?.as_str()?.to_string()));
        Self::of_members(MEMBERS.into_iter().filter_map(member))
    }

    /// Takes it from names and values; others than those of a trace, and values that are too long, are left out.
    pub fn of_members(members: impl IntoIterator<Item = (String, String)>) -> Self {
        let passes =
            |(name, value): &(String, String)| MEMBERS.contains(&name.as_str()) && value.len() <= LONGEST_BYTES;
        Self(members.into_iter().filter(passes).collect())
    }

    /// Names and values.
    pub fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Writes it into the `_meta` of a request's parameters.
    pub fn write(&self, params: &mut Map<String, Value>) {
        if self.0.is_empty() {
            return;
        }
        let meta = params.entry("_meta").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(meta) = meta {
            meta.extend(self.members().map(|(name, value)| (name.to_string(), value.into())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_trace_is_taken_and_written() {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let given =
            json!({"_meta": {"traceparent": parent, "baggage": 7, "tracestate": "x".repeat(9_000), "secret": "s"}});
        let trace = TraceContext::of_params(given.as_object().expect("an object"));
        let mut params = Map::from_iter([("_meta".to_string(), json!({"progressToken": 1}))]);
        trace.write(&mut params);
        assert_eq!(Value::Object(params), json!({"_meta": {"progressToken": 1, "traceparent": parent}}));

        let mut untouched = Map::new();
        TraceContext::of_params(&Map::new()).write(&mut untouched);
        assert_eq!(untouched, Map::new());
    }
}
