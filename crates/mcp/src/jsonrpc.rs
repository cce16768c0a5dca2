use crate::code;
use serde_json::{Map, Value, json};

/// The id of a request. MCP does not allow `null`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Id {
    Number(serde_json::Number),
    String(String),
}

/// A message that wants an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub id: Id,
    pub method: String,
    pub params: Map<String, Value>,
}

/// A message that wants none.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    pub method: String,
    pub params: Map<String, Value>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// `None`: the request's id could not be read.
    pub id: Option<Id>,
    pub outcome: Result<Value, RpcError>,
}

/// The `error` of a response.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct RpcError {
    pub code: i64,
    pub message: String,
    pub data: Option<Value>,
}

/// One JSON-RPC 2.0 message.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Request(Request),
    Notification(Notification),
    Response(Response),
}

/// A value that is no JSON-RPC message, with the error that answers it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct InvalidMessage {
    /// The id, where it could be read.
    pub id: Option<Id>,
    pub error: RpcError,
}

/// Bytes of the message of an error that is made here.
pub const ERROR_MESSAGE_BYTES: usize = 8 << 10;
/// Bytes of its data.
pub const ERROR_DATA_BYTES: usize = 64 << 10;

impl RpcError {
    /// An error without data. It may repeat what it is about: its message is cut to [`ERROR_MESSAGE_BYTES`].
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        let message = truncation::text(&message.into(), ERROR_MESSAGE_BYTES).into_owned();
        Self { code, message, data: None }
    }

    /// The same error with data, cut to [`ERROR_DATA_BYTES`].
    pub fn with_data(self, data: Value) -> Self {
        let (data, _) = truncation::value(data, ERROR_DATA_BYTES, "data of the error", "Send less.");
        Self { data: Some(data), ..self }
    }
}

impl Id {
    /// Reads a string or a number.
    pub fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::String(text.clone())),
            Value::Number(number) => Some(Self::Number(number.clone())),
            _ => None,
        }
    }
}

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl From<&Id> for Value {
    fn from(id: &Id) -> Self {
        match id {
            Id::Number(number) => Value::Number(number.clone()),
            Id::String(text) => Value::String(text.clone()),
        }
    }
}

impl Message {
    /// Reads one message; batches (arrays) are the caller's to take apart.
    pub fn read(value: Value) -> Result<Self, Box<InvalidMessage>> {
        let Value::Object(mut fields) = value else {
            return Err(invalid(None, "a JSON-RPC message is an object"));
        };
        let raw_id = fields.remove("id");
        let id = raw_id.as_ref().and_then(Id::read);
        if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return Err(invalid(id, "\"jsonrpc\" must be \"2.0\""));
        }
        if let Some(method) = fields.remove("method") {
            return read_call(method, raw_id, id, fields.remove("params"));
        }
        // Some write what is absent as null.
        if let Some(error) = fields.remove("error").filter(|error| !error.is_null()) {
            return read_error(id, error);
        }
        match (fields.remove("result"), id) {
            (Some(result), Some(id)) => Ok(Self::Response(Response { id: Some(id), outcome: Ok(result) })),
            (_, id) => Err(invalid(id, "a message has a \"method\", or an \"id\" and a \"result\" or \"error\"")),
        }
    }
}

fn read_call(
    method: Value,
    raw_id: Option<Value>,
    id: Option<Id>,
    params: Option<Value>,
) -> Result<Message, Box<InvalidMessage>> {
    let Value::String(method) = method else {
        return Err(invalid(id, "\"method\" must be a string"));
    };
    if raw_id.is_some() && id.is_none() {
        return Err(invalid(None, "\"id\" must be a string or a number"));
    }
    let params = match params {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(params)) => params,
        Some(_) => {
            let error = RpcError::new(code::INVALID_PARAMS, "\"params\" must be an object");
            return Err(Box::new(InvalidMessage { id, error }));
        }
    };
    Ok(match id {
        Some(id) => Message::Request(Request { id, method, params }),
        None => Message::Notification(Notification { method, params }),
    })
}

fn read_error(id: Option<Id>, error: Value) -> Result<Message, Box<InvalidMessage>> {
    let code = error.get("code").and_then(Value::as_i64);
    let message = error.get("message").and_then(Value::as_str);
    let (Some(code), Some(message)) = (code, message) else {
        return Err(invalid(id, "\"error\" needs an integer \"code\" and a string \"message\""));
    };
    let error = RpcError { code, message: message.to_string(), data: error.get("data").cloned() };
    Ok(Message::Response(Response { id, outcome: Err(error) }))
}

pub(crate) fn invalid(id: Option<Id>, message: &str) -> Box<InvalidMessage> {
    let error = RpcError::new(code::INVALID_REQUEST, format!("Not a JSON-RPC 2.0 message: {message}"));
    Box::new(InvalidMessage { id, error })
}

impl From<&Request> for Value {
    fn from(request: &Request) -> Self {
        json!({"jsonrpc": "2.0", "id": Value::from(&request.id), "method": request.method, "params": request.params})
    }
}

impl From<&Notification> for Value {
    fn from(notification: &Notification) -> Self {
        let mut value = json!({"jsonrpc": "2.0", "method": notification.method});
        if !notification.params.is_empty() {
            value["params"] = Value::Object(notification.params.clone());
        }
        value
    }
}

impl From<Response> for Value {
    fn from(response: Response) -> Self {
        let id = response.id.as_ref().map_or(Value::Null, Value::from);
        match response.outcome {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err(error) => json!({"jsonrpc": "2.0", "id": id, "error": Value::from(error)}),
        }
    }
}

impl From<RpcError> for Value {
    fn from(error: RpcError) -> Self {
        let mut value = json!({"code": error.code, "message": error.message});
        if let Some(data) = error.data {
            value["data"] = data;
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_three_kinds_and_writes_them_back() {
        let request = json!({"jsonrpc": "2.0", "id": "a", "method": "tools/list", "params": {"cursor": "x"}});
        let Ok(Message::Request(read)) = Message::read(request.clone()) else { panic!("a request") };
        assert_eq!(Value::from(&read), request);

        let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let Ok(Message::Notification(read)) = Message::read(notification.clone()) else { panic!("a notification") };
        assert_eq!(Value::from(&read), notification);

        for response in [
            json!({"jsonrpc": "2.0", "id": 7, "result": {"ok": true}}),
            json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32700, "message": "no", "data": [1]}}),
        ] {
            let Ok(Message::Response(read)) = Message::read(response.clone()) else { panic!("a response") };
            assert_eq!(Value::from(read), response);
        }
    }

    #[test]
    fn errors_repeat_no_more_than_they_may() {
        let long = "x".repeat(1 << 20);
        let error =
            RpcError::new(code::INVALID_PARAMS, format!("Unknown tool: {long}")).with_data(json!({"uri": long}));
        assert!(error.message.starts_with("Unknown tool: xxx") && error.message.ends_with("more bytes"));
        assert!(error.message.len() <= ERROR_MESSAGE_BYTES);
        let data = error.data.expect("data");
        assert!(data.to_string().len() <= ERROR_DATA_BYTES && data["truncated"].is_string(), "{data}");
    }

    #[test]
    fn null_is_as_good_as_absent() {
        let notification = json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": null});
        let Ok(Message::Notification(read)) = Message::read(notification) else { panic!("a notification") };
        assert_eq!(read.params, Map::new());

        let response = json!({"jsonrpc": "2.0", "id": 7, "result": {"ok": true}, "error": null});
        let Ok(Message::Response(read)) = Message::read(response) else { panic!("a response") };
        assert_eq!(read.outcome, Ok(json!({"ok": true})));

        Message::read(json!({"jsonrpc": "2.0", "id": 7, "error": null})).expect_err("it says nothing");
    }

    #[test]
    fn says_what_is_wrong_and_keeps_the_id_where_it_can() {
        for (value, id, code) in [
            (json!([]), None, code::INVALID_REQUEST),
            (json!({"id": 1, "method": "ping"}), Some(Id::from(1)), code::INVALID_REQUEST),
            (json!({"jsonrpc": "2.0", "id": {}, "method": "ping"}), None, code::INVALID_REQUEST),
            (json!({"jsonrpc": "2.0", "id": null, "method": "ping"}), None, code::INVALID_REQUEST),
            (json!({"jsonrpc": "2.0", "id": 1, "method": 2}), Some(Id::from(1)), code::INVALID_REQUEST),
            (json!({"jsonrpc": "2.0", "id": 1, "method": "x", "params": []}), Some(Id::from(1)), code::INVALID_PARAMS),
            (json!({"jsonrpc": "2.0", "id": 1}), Some(Id::from(1)), code::INVALID_REQUEST),
            (json!({"jsonrpc": "2.0", "id": 1, "error": "no"}), Some(Id::from(1)), code::INVALID_REQUEST),
        ] {
            let error = Message::read(value.clone()).expect_err(&value.to_string());
            assert_eq!((error.id, error.error.code), (id, code), "{value}");
        }
    }
}
