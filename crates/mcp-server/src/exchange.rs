use crate::{HttpResponse, Progress, Service, json_response, methods, result};
use http::StatusCode;
use mcp::{Era, ProtocolVersion, Request, Response, RpcError, TraceContext, code, meta};
use serde_json::{Value, json};

/// A request that was read and checked.
#[derive(Debug)]
pub struct Exchange {
    /// The version that it speaks.
    pub version: ProtocolVersion,
    /// The message.
    pub request: Request,
    /// The session that a legacy client names.
    pub session: Option<String>,
    /// Whether the client reads an answer as JSON, and as server-sent events.
    pub reads_json: bool,
    pub reads_events: bool,
}

impl Exchange {
    /// Lets a service answer, and dresses the answer for the era of the request.
    pub async fn answer(&self, service: &impl Service, progress: &dyn Progress) -> Response {
        let outcome = methods::dispatch(service, self, progress)
            .await
            .map(|result| self.dress(&Value::from(&service.identity()), result));
        Response { id: Some(self.request.id.clone()), outcome }
    }

    /// Whether the answer is to be a stream of events: the client wants to hear of progress, or reads nothing else.
    pub fn wants_events(&self) -> bool {
        self.reads_events
            && (!self.reads_json || (self.request.method == "tools/call" && self.progress_token().is_some()))
    }

    /// Whether the answer may take so long that its client should be able to leave it: closing a stream cancels the
    /// request (MCP 2026-07-28, "Cancellation").
    pub fn may_take_long(&self) -> bool {
        self.reads_events && self.request.method == "tools/call"
    }

    /// The token under which the client wants to hear of progress (MCP, "Progress").
    pub fn progress_token(&self) -> Option<&Value> {
        let token = self.request.params.get("_meta")?.get("progressToken")?;
        (token.is_string() || token.is_number()).then_some(token)
    }

    /// The trace that the request belongs to.
    pub fn trace(&self) -> TraceContext {
        TraceContext::of_params(&self.request.params)
    }

    /// The answer to a request that its client cancelled: nobody waits for it, but HTTP wants one.
    pub fn cancelled(&self) -> Response {
        let error = RpcError::new(code::INTERNAL_ERROR, "The client cancelled this request.");
        Response { id: Some(self.request.id.clone()), outcome: Err(error) }
    }

    /// The version that an `initialize` and its answer agree on: the one asked for, or the newest legacy one.
    pub fn agreed_version(&self) -> ProtocolVersion {
        let requested = self.request.params.get("protocolVersion").and_then(Value::as_str);
        let requested = requested.and_then(ProtocolVersion::parse).filter(|version| version.era() == Era::Legacy);
        requested.unwrap_or(ProtocolVersion::LATEST_LEGACY)
    }

    /// Whether the answer gives the client a session to name: it initializes a legacy connection.
    pub fn begins_session(&self) -> bool {
        self.version.era() == Era::Legacy && self.request.method == "initialize"
    }

    /// The HTTP form of an answer. A modern client reads an unknown method from the status too (404);
    /// every other answer is 200, since the error is in the message.
    pub fn to_http(&self, response: Response) -> HttpResponse {
        let unknown_method = matches!(&response.outcome, Err(RpcError { code: code::METHOD_NOT_FOUND, .. }));
        let status =
            if unknown_method && self.version.era() == Era::Modern { StatusCode::NOT_FOUND } else { StatusCode::OK };
        json_response(status, &response.into())
    }

    /// A result as clients of its era read it, with what the era wants in each: `resultType` and `serverInfo` (MCP
    /// 2026-07-28, "Results").
    pub fn dress(&self, server_info: &Value, mut result: Value) -> Value {
        result::make_readable(self.version.era(), &self.request.method, &mut result);
        if self.version.era() == Era::Modern
            && let Some(fields) = result.as_object_mut()
        {
            fields.entry("resultType").or_insert_with(|| json!("complete"));
            let own = fields.entry("_meta").or_insert_with(|| json!({}));
            if !own.is_object() {
                *own = json!({});
            }
            own[meta::SERVER_INFO] = server_info.clone();
        }
        result
    }
}
