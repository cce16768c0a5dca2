//! The parts of a server's script that most tests share.

use crate::{Answer, Received};
use http::Method;
use serde_json::{Value, json};

/// The session that [`legacy`] gives.
pub const SESSION: &str = "session-1";

/// A legacy server's handshake, as server-everything does it; `None` for requests that come after it.
pub fn legacy(received: &Received) -> Option<Answer> {
    match received.method() {
        "server/discover" => {
            Some(Answer::json(400, &received.error(-32000, "Bad Request: No valid session ID provided")))
        }
        "initialize" => {
            let result = json!({
                "protocolVersion": received.body["params"]["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "legacy", "title": "A legacy server"},
                "instructions": "Be kind.",
            });
            Some(Answer::json(200, &received.result(result)).header("mcp-session-id", SESSION))
        }
        "notifications/initialized" => Some(Answer::status(202)),
        // The end of the session.
        "" if received.http_method == Method::DELETE => Some(Answer::status(204)),
        _ => None,
    }
}

/// A modern server's answer to `server/discover`; `None` for other requests.
pub fn modern(received: &Received) -> Option<Answer> {
    (received.method() == "server/discover").then(|| {
        let result = json!({
            "resultType": "complete",
            "supportedVersions": ["2026-07-28"],
            "capabilities": {"tools": {}},
            "instructions": "Be brief.",
            "ttlMs": 60_000,
            "cacheScope": "public",
            "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "modern"}},
        });
        Answer::json(200, &received.result(result))
    })
}

/// One page of a tool list with tools of these names, the last page.
pub fn tools(received: &Received, names: &[&str]) -> Answer {
    let tools: Vec<Value> = names.iter().map(|name| json!({"name": name, "inputSchema": {"type": "object"}})).collect();
    Answer::json(200, &received.result(json!({"tools": tools})))
}

/// A tool's result with one text.
pub fn text_result(text: &str) -> Value {
    json!({"content": [{"type": "text", "text": text}]})
}
