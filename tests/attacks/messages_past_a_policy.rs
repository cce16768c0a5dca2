//! Ways to call a tool that a policy blocks: spellings of a message that a lenient server takes for the call, and the
//! gateway, if it read less, for something else. None reaches the server.

use std::net::SocketAddr;

use http::StatusCode;
use serde_json::{Value, json};
use tests::client::{HEADERS, message};
use tests::era::Era;
use tests::gateway::Gateway;
use tests::http::{Answer, Connection};
use tests::upstream::Lenient;

const ADMIN: &str = "key-of-the-operator-4711";

/// What becomes of a spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is no message.
    BadRequest,
    /// It says that it is something else than JSON in UTF-8.
    Unsupported,
    /// It is a call without a name that is one, which is refused where names are looked at.
    NoName,
    /// It is a call of a tool that is not there.
    UnknownTool,
}

impl Fate {
    /// Whether nobody who is restricted in any way gets through with it.
    fn is_for_all(self) -> bool {
        matches!(self, Self::BadRequest | Self::Unsupported)
    }
}

/// One way to say it.
struct Spelling {
    headers: &'static [(&'static str, &'static str)],
    body: Vec<u8>,
    fate: Fate,
}

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wipe","arguments":{}}}"#;

/// The call, with its first part that is like this replaced.
fn with(part: &str, other: &str) -> String {
    assert!(CALL.contains(part), "{part}");
    CALL.replacen(part, other, 1)
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

fn spellings() -> Vec<Spelling> {
    let method = |other: &str| with(r#""tools/call""#, other);
    let name = |other: &str| with(r#""wipe""#, other);
    let params = |other: &str| with(r#"{"name":"wipe","arguments":{}}"#, other);
    let id = |other: &str| with(r#""id":1"#, other);
    let bad = [
        // Batches.
        format!("[[{CALL}]]"),
        format!("[[[[{CALL}]]]]"),
        format!("[{CALL},[{CALL}]]"),
        format!("[{{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}},[{CALL}]]"),
        format!("[{CALL}]"),
        format!("[{CALL},7,null,\"x\"]"),
        format!("[{}]", vec![CALL; 101].join(",")),
        format!("{{\"0\":{CALL}}}"),
        // Methods.
        method(r#"["tools/call"]"#),
        method(r#"[["tools/call"]]"#),
        method(r#"{"name":"tools/call"}"#),
        method(r#""tools/call\u0000x""#),
        method(r#""\u0000tools/call""#),
        method(r#""Tools/Call""#),
        method(r#""TOOLS/CALL""#),
        method(r#"" tools/call""#),
        method(r#""tools/call ""#),
        method(r#""tools/call\n""#),
        method(r#""tools//call""#),
        method(r#""/tools/call""#),
        method(r#""tools/call/""#),
        method(r#""tools.call""#),
        method(r#""tools_call""#),
        method(r#""toolsCall""#),
        method(r#""tools%2Fcall""#),
        method(r#""tools\\/call""#),
        method(r#""ｔｏｏｌｓ／ｃａｌｌ""#),
        method(r#""toolſ/call""#),
        method(r#""tools/call?x=1""#),
        method(r#""tools/call#x""#),
        method(&format!("\"tools/call{}\"", "/x".repeat(100))),
        method("1,\"Method\":\"tools/call\""),
        method(r#""ping","method":"tools/call""#),
        method(r#""tools/call","method":"ping""#),
        method(r#""ping","m\u0065thod":"tools/call""#),
        method(r#""ping","METHOD":"tools/call""#),
        method(r#""ping","method ":"tools/call""#),
        method(r#""ping","method\u0000":"tools/call""#),
        method(r#""ping","__proto__":{"method":"tools/call"}"#),
        method(r#""ping","call":{"method":"tools/call"}"#),
        method(r#""ping","result":{"method":"tools/call"}"#),
        method(r#""tools/call","result":{}"#),
        method(r#""tools/call","error":null"#),
        // Parameters.
        params(r#"["wipe"]"#),
        params(r#""wipe""#),
        params(r#"[{"name":"wipe"}]"#),
        params(r#""{\"name\":\"wipe\"}""#),
        params(r#"{"name":"read","name":"wipe"}"#),
        params(r#"{"name":"wipe","name":"read"}"#),
        params(r#"{"name":"read","n\u0061me":"wipe"}"#),
        params(r#"{"name":"read","Name":"wipe"}"#),
        params(r#"{"name":"read","NAME":"wipe"}"#),
        params(r#"{"name":"read"," name":"wipe"}"#),
        params(r#"{"name":"read","na_me":"wipe"}"#),
        params(r#"{"name":"read","name\u0000":"wipe"}"#),
        params(r#"{"name":"read","name\u200b":"wipe"}"#),
        params(r#"{"name":"read","__proto__":{"name":"wipe"}}"#),
        params(r#"{"__proto__":{"name":"wipe"}}"#),
        params(r#"{"constructor":{"name":"wipe"}}"#),
        params(r#"{"name":"read","arguments":{"a":1,"a":"wipe"}}"#),
        params(r#"{"name":"read","_meta":{"a":"read","a":"wipe"}}"#),
        params(r#"{"name":"read"},"params":{"name":"wipe"}"#),
        params(r#"{"name":"read"},"Params":{"name":"wipe"}"#),
        params(r#"{"name":"read"},"paramſ":{"name":"wipe"}"#),
        params(r#"{"Name":"wipe"}"#),
        params(r#"{"name":"\ud800wipe"}"#),
        // What makes a message one.
        with(r#""jsonrpc":"2.0","#, ""),
        with(r#""2.0""#, r#""1.0""#),
        with(r#""2.0""#, "2.0"),
        with(r#""2.0""#, r#"["2.0"]"#),
        with(r#""2.0""#, r#""2.0\u0000""#),
        with(r#""id":1,"#, ""),
        id(r#""id":null"#),
        id(r#""id":[1]"#),
        id(r#""id":{}"#),
        id(r#""id":true"#),
        id(r#""id":1.5"#),
        id(r#""id":1e999"#),
        id(r#""id":12345678901234567890"#),
        id(r#""id":1,"ID":2"#),
        id(&format!(r#""id":"{}""#, "x".repeat(2_000))),
        // What is not JSON, to who is strict.
        format!("\u{feff}{CALL}"),
        format!("{CALL}{CALL}"),
        format!("{CALL}\n{CALL}"),
        format!("7 {CALL}"),
        format!("{CALL}\0"),
        format!("\u{c}{CALL}"),
        format!("// x\n{CALL}"),
        format!("/* x */{CALL}"),
        format!(")]}}'\n{CALL}"),
        format!("data: {CALL}\n\n"),
        with("{}", "{},"),
        with("{}", "{\"x\":NaN}"),
        with("{}", "{\"x\":0x10}"),
        with("{}", "{x:1}"),
        CALL.replace('"', "'"),
        CALL.replace("\"tools/call\"", "\"tools/\ncall\""),
        CALL[..CALL.len() - 1].to_owned(),
        format!("{}{CALL}{}", "[".repeat(200), "]".repeat(200)),
    ];
    let no_name = [
        name(r#"["wipe"]"#),
        name(r#"{"toString":"wipe"}"#),
        name("null,\"x\":\"wipe\""),
        params(r#"{"tool":"wipe"}"#),
    ];
    let unknown = [
        CALL.to_owned(),
        with("wipe", "w\\u0069pe"),
        with("tools/call", "tools\\/call"),
        with("wipe", "WIPE"),
        with("wipe", "Wipe"),
        with("wipe", " wipe"),
        with("wipe", "wipe "),
        with("wipe", "wipe\\u0000"),
        with("wipe", "wipe\\u0000read"),
        with("wipe", "wi\\u200bpe"),
        with("wipe", "wipe\\n"),
        with("wipe", "w_ipe"),
        with("wipe", "wipe/"),
        with("wipe", "./wipe"),
        with("wipe", "ｗｉｐｅ"),
    ];
    const JSON: &str = "application/json";
    let unsupported: [&[(&str, &str)]; 9] = [
        &[("content-type", "application/json; charset=utf-16")],
        &[("content-type", "application/json;charset=\"UTF-7\"")],
        &[("content-type", "application/json"), ("content-type", "text/plain")],
        &[("content-type", "text/plain")],
        &[("content-type", "multipart/form-data; boundary=x")],
        &[("content-type", "application/x-www-form-urlencoded")],
        &[("content-type", "application/json-seq")],
        &[("content-type", JSON), ("content-encoding", "gzip")],
        &[("content-type", JSON), ("content-encoding", "identity"), ("content-encoding", "br")],
    ];
    let marked = format!("\u{feff}{CALL}");
    let (start, end) = CALL.split_at(CALL.find("wipe").expect("the name"));
    let bytes = [
        utf16(CALL, u16::to_le_bytes),
        utf16(CALL, u16::to_be_bytes),
        utf16(&marked, u16::to_le_bytes),
        utf16(&marked, u16::to_be_bytes),
        [start.as_bytes(), b"\xc0", end.as_bytes()].concat(),
        [CALL.as_bytes(), b"\xff"].concat(),
    ];
    let of = |fate| move |body: Vec<u8>| Spelling { headers: &[], body, fate };
    let mut all: Vec<Spelling> =
        bad.map(String::into_bytes).into_iter().chain(bytes).map(of(Fate::BadRequest)).collect();
    all.extend(no_name.map(String::into_bytes).map(of(Fate::NoName)));
    all.extend(unknown.map(String::into_bytes).map(of(Fate::UnknownTool)));
    all.extend(unsupported.map(|headers| Spelling { headers, body: CALL.into(), fate: Fate::Unsupported }));
    all
}

async fn send(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let mut connection = Connection::open(address).await.expect("it accepts connections");
    connection.send("POST", path, headers, body).await.expect("it answers")
}

/// The headers of a request, with those of a spelling in place of its own.
fn headers<'a>(own: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = own.iter().filter(|(name, _)| !other.iter().any(|(replaced, _)| replaced == name));
    kept.chain(other).copied().collect()
}

/// Somebody to whom `wipe` is blocked, or nothing is but all is counted.
struct Caller {
    alias: &'static str,
    authorization: String,
    blocks_wipe: bool,
}

/// Those whom something is forbidden to at a server, or counted. Nothing is at the server `open`.
async fn callers(gateway: &Gateway, lenient: &Lenient) -> Vec<Caller> {
    let api = gateway.api().with_key(ADMIN);
    let policy = json!({"rules": [{"name": "wipe", "access": "blocked"}]});
    api.add_server("open", &lenient.url(), json!({})).await;
    api.add_server("box", &lenient.url(), json!({ "tools": policy })).await;
    let caller = |alias, key: &str, blocks_wipe| Caller { alias, authorization: format!("Bearer {key}"), blocks_wipe };
    let blocked = api.add_key(json!({ "tools": policy })).await;
    let by_pattern = api.add_key(json!({"tools": {"rules": [{"pattern": "open/w*", "access": "blocked"}]}})).await;
    let counted = api.add_key(json!({"rateLimitPerMinute": 100_000})).await;
    let elsewhere = api.add_key(json!({"servers": ["open"]})).await;
    vec![
        caller("box", ADMIN, true),
        caller("open", &blocked.text, true),
        caller("open", &by_pattern.text, true),
        caller("open", &counted.text, false),
        caller("open", &elsewhere.text, false),
    ]
}

/// Sends each spelling as each caller, and finds that the server gets none.
async fn nothing_gets_through(era: Era, has_sessions: bool) {
    let lenient = Lenient::start(era, has_sessions).await;
    let gateway = Gateway::start_with(&[("admin_key", ADMIN)]).await;
    for caller in callers(&gateway, &lenient).await {
        let path = format!("/mcp/{}", caller.alias);
        let mut own = [&HEADERS[..], &[("authorization", caller.authorization.as_str())]].concat();
        own.push(("mcp-protocol-version", era.version()));
        if era == Era::Modern {
            own.extend([("mcp-method", "tools/call"), ("mcp-name", "read")]);
        }
        let session = match has_sessions {
            true => {
                let initialize = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params":
                    {"protocolVersion": era.version(), "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}});
                let answer = send(gateway.address(), &path, &own, initialize.to_string().into()).await;
                answer.headers["mcp-session-id"].to_str().expect("text").to_owned()
            }
            false => String::new(),
        };
        if has_sessions {
            own.push(("mcp-session-id", &session));
        }
        // Whatever the gateway itself asks, it has asked then.
        let mut read: Value = serde_json::from_str(&CALL.replace("wipe", "read")).expect("JSON");
        if era == Era::Modern {
            read["params"]["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": era.version(),
                "io.modelcontextprotocol/clientCapabilities": {}});
        }
        let answer = send(gateway.address(), &path, &own, read.to_string().into()).await;
        assert!(message(&answer)["result"].is_object(), "what is allowed passes: {}", message(&answer));
        let before = lenient.received().len();
        for Spelling { headers: other, body, fate } in spellings() {
            if !caller.blocks_wipe && !fate.is_for_all() {
                continue;
            }
            let text = format!("{era:?} {} {other:?} {:?}", caller.alias, String::from_utf8_lossy(&body));
            let answer = send(gateway.address(), &path, &headers(&own, other), body).await;
            assert_eq!(lenient.received().len(), before, "{text}");
            let expected = match (fate, era) {
                (Fate::Unsupported, _) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                (Fate::UnknownTool, Era::Legacy) => StatusCode::OK,
                _ => StatusCode::BAD_REQUEST,
            };
            assert_eq!(answer.status, expected, "{text}: {}", message(&answer));
            let error = message(&answer)["error"].clone();
            assert!(error["code"].as_i64().is_some_and(|code| code <= -32_020), "{text}: {error}");
            if fate == Fate::UnknownTool && era == Era::Legacy {
                assert!(error["message"].as_str().is_some_and(|said| said.starts_with("Unknown tool: ")), "{error}");
            }
        }
    }
    assert_eq!(lenient.wiped(), 0);
}

#[test]
fn to_a_server_without_sessions() {
    tests::run(nothing_gets_through(Era::Legacy, false));
}

#[test]
fn to_a_server_with_sessions() {
    tests::run(nothing_gets_through(Era::Legacy, true));
}

#[test]
fn to_a_modern_server() {
    tests::run(nothing_gets_through(Era::Modern, false));
}

#[test]
fn each_is_taken_for_the_call_by_who_is_lenient() {
    tests::run(async {
        let lenient = Lenient::start(Era::Legacy, false).await;
        let spellings = spellings();
        assert!(spellings.len() >= 60, "{}", spellings.len());
        for (at, Spelling { headers: other, body, .. }) in spellings.into_iter().enumerate() {
            let text = String::from_utf8_lossy(&body).into_owned();
            send(lenient.address(), "/mcp", &headers(&HEADERS, other), body).await;
            assert_eq!(lenient.wiped(), at + 1, "{text}");
        }
        send(lenient.address(), "/mcp", &HEADERS, CALL.replace("wipe", "read").into()).await;
        assert_eq!(lenient.received().len() - lenient.wiped(), 1, "and what is allowed is not");
    });
}

/// Headers that name another tool than the message, for a server that goes by them.
#[test]
fn a_header_names_no_other_tool_than_the_message() {
    tests::run(async {
        let lenient = Lenient::start(Era::Modern, false).await;
        let gateway = Gateway::start_with(&[("admin_key", ADMIN)]).await;
        for caller in callers(&gateway, &lenient).await {
            let path = format!("/mcp/{}", caller.alias);
            let own = [&HEADERS[..], &[("authorization", caller.authorization.as_str())]].concat();
            for (method, modern) in [("tools/call", true), ("ping", true), ("tools/call", false), ("ping", false)] {
                let mut body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"name": "read"}});
                if modern {
                    body["params"]["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                        "io.modelcontextprotocol/clientCapabilities": {}});
                }
                let version = if modern { "2026-07-28" } else { "2025-11-25" };
                for other in [
                    &[("mcp-method", "tools/call"), ("mcp-name", "wipe")][..],
                    &[("mcp-method", "tools/call"), ("mcp-name", "=?base64?d2lwZQ==?=")],
                    &[("mcp-method", "=?base64?dG9vbHMvY2FsbA==?="), ("mcp-name", "wipe")],
                    &[("mcp-method", "tools/call"), ("mcp-name", "wipe"), ("mcp-name", "read")],
                    &[("mcp-method", "ping"), ("mcp-method", "tools/call"), ("mcp-name", "wipe")],
                    &[("Mcp-Method", "Tools/Call"), ("MCP-NAME", "WIPE")],
                ] {
                    let headers = [&own[..], &[("mcp-protocol-version", version)], other].concat();
                    let answer = send(gateway.address(), &path, &headers, body.to_string().into()).await;
                    let names_read = method == "ping" || !modern;
                    assert!(names_read || answer.status == StatusCode::BAD_REQUEST, "{headers:?} {body}");
                    assert_eq!(lenient.wiped(), 0, "{headers:?} {body}");
                }
            }
        }
    });
}
