use mcp_client::sse::{Event, Parser};

const LIMIT_BYTES: usize = 1 << 10;

/// Name and data of every event of a stream.
fn events(stream: &str) -> Vec<(String, String)> {
    let mut events = Vec::new();
    Parser::new(LIMIT_BYTES).push(stream.as_bytes(), &mut events).expect("no event is too large");
    events.into_iter().map(|Event { name, data }| (name, data)).collect()
}

fn messages(data: &[&str]) -> Vec<(String, String)> {
    data.iter().map(|data| ("message".to_string(), (*data).to_string())).collect()
}

#[test]
fn lines_end_in_lf_cr_or_crlf() {
    for stream in [
        "data: a\n\ndata: b\n\n",
        "data: a\r\rdata: b\r\r",
        "data: a\r\n\r\ndata: b\r\n\r\n",
        "data: a\r\n\ndata: b\n\r",
    ] {
        assert_eq!(events(stream), messages(&["a", "b"]), "{stream:?}");
    }
}

#[test]
fn data_lines_are_joined() {
    assert_eq!(events("data: a\ndata:  b\ndata\ndata:c\n\n"), messages(&["a\n b\n\nc"]));
}

#[test]
fn comments_unknown_fields_and_blank_lines_give_nothing() {
    assert_eq!(events(": keep-alive\n\n\nfoo: bar\nevent: x\n\ndata: a\n:\n\n"), messages(&["a"]));
}

#[test]
fn a_byte_order_mark_is_skipped_once() {
    assert_eq!(events("\u{feff}data: a\n\n"), messages(&["a"]));
    assert_eq!(events("data: a\n\n\u{feff}data: b\n\n"), messages(&["a"]));
}

#[test]
fn an_event_may_prime_with_empty_data() {
    let mut parser = Parser::new(LIMIT_BYTES);
    let mut events = Vec::new();
    parser.push(b"id: 7\nretry: 250\ndata: \n\n", &mut events).expect("no event is too large");
    assert_eq!(events, [Event { name: "message".to_string(), data: String::new() }]);
    assert_eq!((parser.last_event_id(), parser.retry_ms()), (Some("7"), Some(250)));
}

#[test]
fn an_event_may_have_a_name() {
    assert_eq!(events("event: endpoint\ndata: a\n\ndata: b\n\n")[0].0, "endpoint");
    assert_eq!(events("event: endpoint\ndata: a\n\ndata: b\n\n")[1].0, "message");
}

#[test]
fn ids_count_from_the_end_of_their_event() {
    let mut parser = Parser::new(LIMIT_BYTES);
    let mut events = Vec::new();
    let mut push = |bytes: &[u8], expected: Option<&str>| {
        parser.push(bytes, &mut events).expect("no event is too large");
        assert_eq!(parser.last_event_id(), expected);
    };
    push(b"id: 1\ndata: a\n", None);
    push(b"\n", Some("1"));
    push(b"data: b\n\n", Some("1"));
    push(b"id: with\0null\n\n", Some("1"));
    push(b"id: 2\n\n", Some("2"));
    push(b"id\n\n", None);
}

#[test]
fn retry_must_be_digits() {
    for (line, expected) in [("retry: 10", Some(10)), ("retry: 1s", None), ("retry: -1", None), ("retry:", None)] {
        let mut parser = Parser::new(LIMIT_BYTES);
        parser.push(format!("{line}\n\n").as_bytes(), &mut Vec::new()).expect("no event is too large");
        assert_eq!(parser.retry_ms(), expected, "{line}");
    }
}

#[test]
fn an_unfinished_event_is_discarded() {
    assert_eq!(events("data: a\n\ndata: b\n"), messages(&["a"]));
    assert_eq!(events("data: a\n\ndata: b"), messages(&["a"]));
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    let mut events = Vec::new();
    Parser::new(LIMIT_BYTES).push(b"data: a\xffb\n\n", &mut events).expect("no event is too large");
    assert_eq!(events[0].data, "a\u{fffd}b");
}

#[test]
fn events_beyond_the_limit_are_refused() {
    let line = "x".repeat(LIMIT_BYTES);
    let mut lines = Parser::new(LIMIT_BYTES);
    lines.push(line.as_bytes(), &mut Vec::new()).expect("just as large as allowed");
    lines.push(b"x", &mut Vec::new()).expect_err("one byte more");

    let mut data = Parser::new(LIMIT_BYTES);
    let half = format!("data: {}\n", "x".repeat(LIMIT_BYTES / 2));
    data.push(half.as_bytes(), &mut Vec::new()).expect("half an event");
    data.push(half.as_bytes(), &mut Vec::new()).expect_err("both halves and the fields");

    let mut many = Parser::new(LIMIT_BYTES);
    let mut events = Vec::new();
    many.push("data: x\n\n".repeat(LIMIT_BYTES).as_bytes(), &mut events).expect("many small events");
    assert_eq!(events.len(), LIMIT_BYTES);
}
