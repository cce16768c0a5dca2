use serde_json::{Map, Value};

/// The members of `_meta` that carry a trace (MCP 2026-07-28, "`_meta`"; W3C Trace Context and Baggage).
const MEMBERS: [&str; 3] = ["traceparent", "tracestate", "baggage"];

/// Longest value that is passed on, in bytes: what W3C Baggage asks every platform to take.
const LONGEST_BYTES: usize = 8_192;

/// What tells to which trace a request belongs. Passed on as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceContext(Vec<(String, String)>);

impl TraceContext {
    /// Whether a member of `_meta` is one of a trace.
    pub fn has(name: &str) -> bool {
        MEMBERS.contains(&name)
    }

    /// Takes it from the `_meta` of a request's parameters.
    pub fn of_params(params: &Map<String, Value>) -> Self {
        let meta = params.get("_meta");
        let member = |name: &str| Some((name.to_string(), meta?.get(name)?.as_str()?.to_string()));
        Self::of_members(MEMBERS.into_iter().filter_map(member))
    }

    /// Takes it from names and values; others than those of a trace, and values that are too long, are left out.
    pub fn of_members(members: impl IntoIterator<Item = (String, String)>) -> Self {
        let passes = |(name, value): &(String, String)| Self::has(name) && value.len() <= LONGEST_BYTES;
        Self(members.into_iter().filter(passes).collect())
    }

    /// Names and values.
    pub fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Members of `_meta`.
impl From<TraceContext> for Map<String, Value> {
    fn from(trace: TraceContext) -> Self {
        trace.0.into_iter().map(|(name, value)| (name, value.into())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_trace_is_taken() {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let given =
            json!({"_meta": {"traceparent": parent, "baggage": 7, "tracestate": "x".repeat(9_000), "secret": "s"}});
        let trace = TraceContext::of_params(given.as_object().expect("an object"));
        assert_eq!(Value::Object(trace.into()), json!({"traceparent": parent}));
        assert_eq!(Map::from(TraceContext::of_params(&Map::new())), Map::new());
    }
}
