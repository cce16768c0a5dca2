use http::HeaderMap;
use mcp::TraceContext;
use serde_json::{Map, Value};

/// Takes the trace of an HTTP request (W3C Trace Context and Baggage) for that of the message, which has none of its own
/// in `_meta`: a proxy or a client that knows nothing of MCP has set it.
pub fn take_from_headers(headers: &HeaderMap, params: &mut Map<String, Value>) {
    if TraceContext::of_params(params).members().next().is_some() {
        return;
    }
    let text = |name: &str, value: &http::HeaderValue| Some((name.to_string(), value.to_str().ok()?.to_string()));
    let trace = TraceContext::of_members(headers.iter().filter_map(|(name, value)| text(name.as_str(), value)));
    let members = Map::from(trace);
    if members.is_empty() {
        return;
    }
    if let Some(meta) = params.entry("_meta").or_insert_with(|| Value::Object(Map::new())).as_object_mut() {
        meta.extend(members);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use serde_json::json;

    fn taken(params: Value) -> Value {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", HeaderValue::from_static("00-1-2-01"));
        headers.insert("baggage", HeaderValue::from_static("a=b"));
        headers.insert("authorization", HeaderValue::from_static("Bearer t"));
        let Value::Object(mut params) = params else { panic!("an object") };
        take_from_headers(&headers, &mut params);
        params.into()
    }

    #[test]
    fn what_the_message_has_goes_before_the_headers() {
        let of_headers = json!({"traceparent": "00-1-2-01", "baggage": "a=b"});
        assert_eq!(taken(json!({})), json!({"_meta": of_headers}));
        assert_eq!(taken(json!({"_meta": {"a": 1}}))["_meta"]["a"], 1);
        assert_eq!(taken(json!({"_meta": {"a": 1}}))["_meta"]["baggage"], "a=b");
        let own = json!({"_meta": {"traceparent": "00-3-4-01"}});
        assert_eq!(taken(own.clone()), own, "no part of another trace");
        assert_eq!(taken(json!({"_meta": 7})), json!({"_meta": 7}));
    }
}
