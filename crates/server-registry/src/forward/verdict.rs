//! How a JSON-RPC response ended that goes by: looked at as it comes, and not kept.

use content_negotiation::{EVENTS, JSON, media_type};
use http::HeaderMap;
use usage::{FailureKind, Outcome};

/// The longest name of a member that is looked for.
const NAME_BYTES: usize = 7;

/// Follows a body in which a response is.
pub(super) struct Verdict {
    line: Option<Line>,
    after_carriage_return: bool,
    message: Message,
    outcome: Option<Outcome>,
}

/// A line of events.
#[derive(Clone, Copy)]
enum Line {
    /// So much of `data:` was there.
    Field(usize),
    Data,
    Other,
}

/// What was seen of a message.
#[derive(Default)]
struct Message {
    depth: usize,
    in_string: bool,
    after_backslash: bool,
    /// The last string, as far as it can be a name that is looked for.
    text: Vec<u8>,
    /// A value comes next.
    awaits_value: bool,
    member: Member,
    of_result: bool,
    has_result: bool,
    has_error: bool,
    has_method: bool,
    is_error: bool,
}

/// The member of the message that its values belong to.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Member {
    #[default]
    Other,
    Result,
    Error,
    Method,
}

impl Verdict {
    /// For an answer with these headers; `None` when no response can be in it.
    pub fn on(headers: &HeaderMap) -> Option<Self> {
        let line = match media_type(headers)?.as_str() {
            EVENTS => Some(Line::Field(0)),
            JSON => None,
            _ => return None,
        };
        Some(Self { line, after_carriage_return: false, message: Message::default(), outcome: None })
    }

    /// How the response ended, once it was there. Of several the first one that is no success.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// Takes the next bytes.
    pub fn take(&mut self, chunk: &[u8]) {
        let Some(mut line) = self.line else { return self.read(chunk) };
        let mut rest = chunk;
        while let Some((first, others)) = rest.split_first() {
            let is_end = matches!(first, b'\n' | b'\r');
            if std::mem::take(&mut self.after_carriage_return) && *first == b'\n' {
                rest = others;
                continue;
            }
            if is_end {
                if matches!(line, Line::Field(0)) {
                    self.message = Message::default();
                }
                self.after_carriage_return = *first == b'\r';
                line = Line::Field(0);
                rest = others;
                continue;
            }
            line = match line {
                Line::Field(matched) => {
                    const FIELD: &[u8] = b"data:";
                    rest = others;
                    match FIELD[matched] == *first {
                        true if matched + 1 == FIELD.len() => Line::Data,
                        true => Line::Field(matched + 1),
                        false => Line::Other,
                    }
                }
                within => {
                    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                    let (part, behind) = rest.split_at(end);
                    if matches!(within, Line::Data) {
                        self.read(part);
                    }
                    rest = behind;
                    within
                }
            };
        }
        self.line = Some(line);
    }

    fn read(&mut self, mut json: &[u8]) {
        while let Some((byte, rest)) = json.split_first() {
            if self.message.in_string {
                json = self.message.read_string(json);
                continue;
            }
            json = rest;
            if let Some(outcome) = self.message.read(*byte)
                && !matches!(self.outcome, Some(Outcome::ToolError | Outcome::Failed(_)))
            {
                self.outcome = Some(outcome);
            }
        }
    }
}

impl Message {
    /// Reads what is left of a string, and gives what comes behind it.
    fn read_string<'a>(&mut self, json: &'a [u8]) -> &'a [u8] {
        if std::mem::take(&mut self.after_backslash) {
            return &json[1..];
        }
        let end = json.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(json.len());
        let (part, rest) = json.split_at(end);
        if self.text.len() <= NAME_BYTES {
            self.text.extend_from_slice(&part[..part.len().min(NAME_BYTES + 1)]);
        }
        let Some((last, rest)) = rest.split_first() else { return rest };
        self.in_string = *last == b'\\';
        self.after_backslash = self.in_string;
        rest
    }

    /// Reads a byte outside of strings; gives how the message ended where that ends one that is a response.
    fn read(&mut self, byte: u8) -> Option<Outcome> {
        match byte {
            // A batch is one message after another.
            b'[' | b']' | b',' if self.depth == 0 => {}
            b'{' | b'[' => {
                self.value(byte);
                self.depth += 1;
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return std::mem::take(self).outcome();
                }
            }
            b'"' => {
                self.value(byte);
                self.text.clear();
                self.in_string = true;
            }
            b':' if self.depth == 1 => {
                self.awaits_value = true;
                self.member = match self.text.as_slice() {
                    b"result" => Member::Result,
                    b"error" => Member::Error,
                    b"method" => Member::Method,
                    _ => Member::Other,
                };
            }
            b':' => {
                self.of_result = self.depth == 2 && self.member == Member::Result && self.text == b"isError";
                self.awaits_value = self.of_result;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {}
            _ => self.value(byte),
        }
        None
    }

    /// A value begins.
    fn value(&mut self, first: u8) {
        if !std::mem::take(&mut self.awaits_value) {
            return;
        }
        match (self.depth, self.member) {
            (1, Member::Result) => self.has_result = true,
            (1, Member::Error) => self.has_error = first != b'n',
            (1, Member::Method) => self.has_method = true,
            (2, _) if self.of_result => self.is_error = first == b't',
            _ => {}
        }
    }

    fn outcome(self) -> Option<Outcome> {
        match self {
            Self { has_method: true, .. } => None,
            Self { has_error: true, .. } => Some(Outcome::Failed(FailureKind::Rpc)),
            Self { has_result: true, is_error: true, .. } => Some(Outcome::ToolError),
            Self { has_result: true, .. } => Some(Outcome::Ok),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderValue, header};

    const RPC: Option<Outcome> = Some(Outcome::Failed(FailureKind::Rpc));

    fn of(content_type: &'static str, body: &str, size: usize) -> Option<Outcome> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        let mut verdict = Verdict::on(&headers)?;
        body.as_bytes().chunks(size).for_each(|chunk| verdict.take(chunk));
        verdict.outcome()
    }

    #[test]
    fn every_response_is_told_however_it_is_cut() {
        for (body, outcome) in [
            (
                r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"isError":true}],"x":{"isError":true}}}"#,
                Some(Outcome::Ok),
            ),
            (r#"{"result" : { "text":"\"isError\":true}}","isError" : true } ,"id":1}"#, Some(Outcome::ToolError)),
            (r#"{"result":{"isError":false,"y":true}}"#, Some(Outcome::Ok)),
            (r#"{"id":1,"error":{"code":-32602,"message":"no"}}"#, RPC),
            (r#"{"id":1,"error":null,"result":true}"#, Some(Outcome::Ok)),
            (r#"{"id":1,"method":"m","params":{"result":1,"error":2},"result":{}}"#, None),
            (r#"{"x":{"error":{}},"y":["error",{"result":1}],"z":"result"}"#, None),
            (r#"[{"id":1,"result":{}},{"id":2,"error":{"code":1}},{"id":3,"result":{}}]"#, RPC),
            (r#"{"id":1,"result":{"isError":true"#, None),
            ("", None),
            ("]}]{", None),
        ] {
            for size in [1, 2, 7, 1_000] {
                assert_eq!(of("application/json; charset=utf-8", body, size), outcome, "{size} {body}");
                for end in ["\n", "\r\n", "\r"] {
                    let notice = r#"{"method":"notifications/message","params":{"error":1}}"#;
                    let data = body.replace(",\"id\"", &format!("{end}data: ,\"id\""));
                    let events = format!(
                        ": c{end}{end}event: message{end}data: {notice}{end}{end}id: 1{end}data:{data}{end}{end}data: {{{end}{end}"
                    );
                    assert_eq!(of("text/event-stream", &events, size), outcome, "{size} {events:?}");
                }
            }
        }
        assert_eq!(of("text/html", r#"{"error":{}}"#, 1), None);
    }
}
