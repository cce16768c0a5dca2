//! Messages by chance, the same for the same seed: calls of `read` and `wipe` and others, each changed in a few ways. Some
//! changes are none to whoever knows JSON; others make two messages of it, or none.

/// SplitMix64.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap_or_default()
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// The members of an object as they are written: what is between the quotes of the name, and the value.
type Members = Vec<(String, String)>;

struct Odd {
    message: Members,
    params: Option<Members>,
    before: String,
    after: String,
    space: &'static str,
}

/// What stands between signs of JSON, or in texts.
const SIGNS: [&str; 8] = ["\\u0000", " ", "\\n", "\\u200b", "\\ufeff", "_", ".", "\\u00a0"];

/// Values of no kind that is expected anywhere.
const ODD_VALUES: [&str; 12] =
    ["null", "true", "7", "1.5", "-0", "1e2", "[]", "{}", "\"\"", "NaN", "1e999", "\"\\ud800\""];

const METHODS: [&str; 9] = [
    "tools/call",
    "tools/list",
    "ping",
    "Tools/Call",
    "tools/call/",
    "notifications/initialized",
    "notifications/cancelled",
    "x-vendor/any",
    "TOOLS\\/CALL",
];

/// The next message, with this number for an id.
pub fn next(chance: &mut Chance, number: usize) -> Vec<u8> {
    let mut odd = plain(chance, number);
    for _ in 0..chance.one_of(&[0, 1, 1, 1, 1, 2, 2, 3]) {
        change(&mut odd, chance);
    }
    odd.written().into_bytes()
}

fn plain(chance: &mut Chance, number: usize) -> Odd {
    let member = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let tool = chance.one_of(&["\"read\"", "\"read\"", "\"wipe\""]);
    let mut message = vec![member("jsonrpc", "\"2.0\""), member("id", &number.to_string())];
    let call = vec![member("name", tool), member("arguments", "{}")];
    let params = match chance.below(12) {
        0 => {
            message.push(member("method", "\"ping\""));
            None
        }
        1 => {
            message.push(member("method", "\"tools/list\""));
            Some(vec![])
        }
        2 => {
            message[1] = member("method", "\"notifications/initialized\"");
            None
        }
        3 => {
            message[1] = member("method", "\"notifications/cancelled\"");
            Some(vec![member("requestId", "\"nobody's\"")])
        }
        4 => {
            message[1] = member("id", "\"nobody's\"");
            message.push(member("result", "{\"method\":\"tools/call\",\"params\":{\"name\":\"wipe\"}}"));
            None
        }
        _ => {
            message.push(member("method", "\"tools/call\""));
            Some(call)
        }
    };
    Odd { message, params, before: String::new(), after: String::new(), space: "" }
}

fn change(odd: &mut Odd, chance: &mut Chance) {
    let other = chance.one_of(&["\"read\"", "\"wipe\""]);
    let other_params = format!("{{\"name\":{other}}}");
    match chance.below(20) {
        0 => {
            let method = format!("\"{}\"", chance.one_of(&METHODS));
            odd.message.insert(chance.below(odd.message.len() + 1), ("method".to_owned(), method));
        }
        1 => odd.message.insert(chance.below(odd.message.len() + 1), ("params".to_owned(), other_params)),
        2 => put(odd, chance, "name", other),
        3 => {
            let name =
                chance.one_of(&["Name", "NAME", "name ", "na\\u006de", "name\\u0000", "__proto__", "tool", "meta"]);
            let value = if name == "__proto__" { other_params.as_str() } else { other };
            put(odd, chance, name, value);
        }
        4 => {
            let (name, _) = any(odd, chance);
            *name = name.to_uppercase();
        }
        5 => {
            let sign = chance.one_of(&SIGNS);
            let (name, _) = any(odd, chance);
            name.push_str(sign);
        }
        // What is escaped is the same.
        6 | 7 => {
            let at = chance.below(4);
            let (name, value) = any(odd, chance);
            let text = if at.is_multiple_of(2) { name } else { value };
            *text = escaped(text, at + 1);
        }
        8 => {
            let sign = chance.one_of(&SIGNS);
            let (_, value) = any(odd, chance);
            if value.ends_with('"') {
                value.insert_str(value.len() - 1, sign);
            }
        }
        9 => {
            let (_, value) = any(odd, chance);
            *value = match value.len() % 3 {
                0 => format!("[{value}]"),
                1 => format!("[[{value}]]"),
                _ => format!("{{\"\":{value}}}"),
            };
        }
        10 => {
            let odd_value = chance.one_of(&ODD_VALUES);
            any(odd, chance).1 = odd_value.to_owned();
        }
        11 => {
            let name = chance.one_of(&["__proto__", "result", "error", "x", "Method", "ID", "batch"]);
            odd.message
                .push((name.to_owned(), chance.one_of(&["null", "{}", "{\"method\":\"tools/call\"}", "1"]).to_owned()));
        }
        12 => {
            let (before, after) = chance.one_of(&[("[", "]"), ("[[", "]]"), ("[{},", "]"), ("{\"0\":", "}")]);
            odd.before.insert_str(0, before);
            odd.after.push_str(after);
        }
        13 => odd.before.insert_str(0, chance.one_of(&["\u{feff}", "//x\n", " \t\r\n", "1", "\0", "\u{c}"])),
        14 => odd.after.push_str(chance.one_of(&["\0", "{}", "x", " \r\n", ",", "//x", "\u{1a}"])),
        15 => odd.space = chance.one_of(&[" ", "\n\t", "\r\n", "/**/", "\u{a0}"]),
        16 => {
            let last = chance.below(odd.message.len());
            odd.message.rotate_left(last);
        }
        17 => {
            let arguments = chance.one_of(&[
                "{\"a\":1,\"A\":2}",
                "{\"a\":1,\"a\":2}",
                "{\"name\":\"wipe\",\"__proto__\":{}}",
                "{\"a\":[1e300,123456789012345678901,0.1e-7,\"\\ud83d\\ude00\\u0000\"]}",
                "{\"a\":{\"b\":{\"b\":[{\"c\":1,\"\\u0063\":2}]}}}",
                "null",
                "[]",
            ]);
            put(odd, chance, "arguments", arguments);
        }
        18 => {
            let meta = chance.one_of(&[
                "{}",
                "{\"progressToken\":7}",
                "{\"progressToken\":\"t\"}",
                "{\"progressToken\":1.5}",
                "{\"progress_token\":1}",
                "{\"a\":1,\"a\":2}",
                "{\"name\":\"wipe\"}",
                "null",
            ]);
            put(odd, chance, "_meta", meta);
        }
        _ => {
            let name = chance.one_of(&[
                "\"WIPE\"",
                "\" wipe\"",
                "\"wipe\\u0000\"",
                "\"ｗｉｐｅ\"",
                "\"w\\u0069pe\"",
                "[\"wipe\"]",
            ]);
            let params = odd.params.get_or_insert_default();
            match params.iter_mut().find(|(member, _)| member == "name") {
                Some((_, value)) => *value = name.to_owned(),
                None => params.push(("name".to_owned(), name.to_owned())),
            }
        }
    }
}

/// Puts a member of the parameters somewhere; one that is there may stay, or go.
fn put(odd: &mut Odd, chance: &mut Chance, name: &str, value: &str) {
    let params = odd.params.get_or_insert_default();
    if chance.below(3) > 0 && (name == "arguments" || name == "_meta") {
        params.retain(|(known, _)| known != name);
    }
    params.insert(chance.below(params.len() + 1), (name.to_owned(), value.to_owned()));
}

/// A member of the message, or of its parameters.
fn any<'a>(odd: &'a mut Odd, chance: &mut Chance) -> &'a mut (String, String) {
    let at = chance.below(odd.message.len() + odd.params.as_ref().map_or(0, Vec::len));
    match at.checked_sub(odd.message.len()) {
        Some(at) => &mut odd.params.as_mut().expect("parameters")[at],
        None => &mut odd.message[at],
    }
}

/// The same text with one of its letters as an escape.
fn escaped(text: &str, at: usize) -> String {
    let written = |(place, sign): (usize, char)| match sign {
        'a'..='z' if place == at => format!("\\u{:04x}", u32::from(sign)),
        sign => sign.to_string(),
    };
    let is_text = text.starts_with('"') || text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_text && !text.contains('\\') { text.chars().enumerate().map(written).collect() } else { text.to_owned() }
}

impl Odd {
    fn written(&self) -> String {
        let object = |members: &Members| {
            let space = self.space;
            let member = |(name, value): &(String, String)| format!("{space}\"{name}\"{space}:{space}{value}{space}");
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        };
        let mut message = self.message.clone();
        if let Some(params) = &self.params {
            message.push(("params".to_owned(), object(params)));
        }
        format!("{}{}{}", self.before, object(&message), self.after)
    }
}
