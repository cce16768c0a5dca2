use mcp_client::sse::{Event, Parser};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof, proptest},
    test_runner::Config,
};

const LIMIT_BYTES: usize = 1 << 10;

/// What a parser came to: its events, its last id, its delay.
type Reading = (Vec<Event>, Option<String>, Option<u64>);

fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Reading {
    let mut parser = Parser::new(LIMIT_BYTES);
    let mut events = Vec::new();
    for chunk in chunks {
        if parser.push(chunk, &mut events).is_err() {
            break;
        }
    }
    (events, parser.last_event_id().map(str::to_string), parser.retry_ms())
}

/// Pieces that streams are made of, whole and broken.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"data: ".to_vec()),
        Just(b"data".to_vec()),
        Just(b"event: message".to_vec()),
        Just(b"id: 1".to_vec()),
        Just(b"id".to_vec()),
        Just(b"retry: 5".to_vec()),
        Just(b": comment".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n\n".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        Just("ü€𝄞".as_bytes().to_vec()),
        vec(any::<u8>(), 0..8),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(Config { cases: 512, failure_persistence: None, ..Config::default() })]

    #[test]
    fn cuts_change_nothing(stream in stream(), sizes in vec(1usize..12, 1..40)) {
        let whole = read([stream.as_slice()]);
        let mut rest = stream.as_slice();
        let mut chunks = Vec::new();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, after) = rest.split_at(rest.len().min(*size));
            chunks.push(chunk);
            rest = after;
        }
        assert_eq!(read(chunks), whole);
        assert_eq!(read(stream.chunks(1)), whole);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in vec(any::<u8>(), 0..2048)) {
        read(bytes.chunks(64));
    }
}
