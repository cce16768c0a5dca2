//! Ways to write a credential, as servers and their libraries have them.

use crate::encoding::{base64, hex, percent};

/// One way.
#[derive(Clone, Copy)]
pub struct Spelling {
    /// A name for URLs and aliases.
    pub name: &'static str,
    /// Whether it is the way in which a string of JSON is written; otherwise it is a text that is put into one.
    pub is_json: bool,
    write: fn(&str) -> String,
}

impl Spelling {
    /// All of them.
    pub const ALL: [Self; 40] = [
        Self::json("as-it-is", |text| quoted(text, |_, _| None)),
        Self::json("slashes", |text| quoted(text, |_, character| (character == '/').then(|| "\\/".to_owned()))),
        Self::json("lower-units", |text| quoted(text, |_, character| Some(unit(character)))),
        Self::json("upper-units", |text| quoted(text, |_, character| Some(upper_unit(character)))),
        Self::json("some-units", |text| quoted(text, |at, character| (at % 3 == 0).then(|| unit(character)))),
        Self::json("mixed-units", |text| {
            let mixed = |at, character| if at % 2 == 0 { unit(character) } else { upper_unit(character) };
            quoted(text, |at, character| Some(mixed(at, character)))
        }),
        Self::text("json-in-json", |text| quoted(text, |_, _| None)),
        Self::text("slashes-in-json", |text| quoted(text, |_, character| (character == '/').then(|| "\\/".to_owned()))),
        Self::text("units-in-json", |text| quoted(text, |_, character| Some(unit(character)))),
        Self::text("json-twice-in-json", |text| {
            let once = quoted(text, |_, character| (character == '/').then(|| "\\/".to_owned()));
            quoted(&once, |_, _| None)
        }),
        Self::text("units-twice-in-json", |text| {
            quoted(&quoted(text, |_, character| Some(unit(character))), |_, _| None)
        }),
        Self::text("percent", |text| percent(text, "-._~")),
        Self::text("percent-lower", |text| lower_percent(&percent(text, "-._~"))),
        Self::text("percent-all", percent_all),
        Self::text("percent-some", |text| percent(text, "-._~!$&'()*+,;=:@/?\\\"")),
        Self::text("percent-twice", |text| percent(&percent(text, "-._~"), "-._~")),
        Self::text("percent-thrice", |text| percent(&percent(&percent(text, ""), ""), "")),
        Self::text("form", |text| percent(text, "*-._ ").replace(' ', "+")),
        Self::text("percent-units", |text| text.chars().map(|one| format!("%u{:04X}", u32::from(one))).collect()),
        Self::text("percent-of-json", |text| percent(&quoted(text, |_, _| None), "-._~")),
        Self::text("json-of-percent", |text| quoted(&percent_all(text), |_, character| Some(unit(character)))),
        Self::text("html-named", |text| {
            let named = [("&", "&amp;"), ("/", "&sol;"), ("+", "&plus;"), ("=", "&equals;"), ("\"", "&quot;")];
            named.into_iter().fold(text.to_owned(), |text, (one, name)| text.replace(one, name))
        }),
        Self::text("html-decimal", |text| text.chars().map(|one| format!("&#{};", u32::from(one))).collect()),
        Self::text("html-hexadecimal", |text| text.chars().map(|one| format!("&#x{:X};", u32::from(one))).collect()),
        Self::text("html-of-percent", |text| percent(text, "-._~").replace('%', "&#37;")),
        Self::text("javascript", |text| text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()),
        Self::text("code-points", |text| text.chars().map(|one| format!("\\u{{{:x}}}", u32::from(one))).collect()),
        Self::text("base64", |text| base64(text.as_bytes())),
        Self::text("base64-behind-one", |text| base64(format!("x{text}").as_bytes())),
        Self::text("base64-behind-two", |text| base64(format!("xy{text} and more").as_bytes())),
        Self::text("base64-url", |text| for_urls(&base64(text.as_bytes()))),
        Self::text("base64-url-behind-one", |text| for_urls(&base64(format!("?{text}?").as_bytes()))),
        Self::text("base64-of-user", |text| base64(format!("user:{text}").as_bytes())),
        Self::text("base64-of-json", |text| {
            base64(format!("{{\"key\": \"{}\"}}", quoted(text, |_, _| None)).as_bytes())
        }),
        Self::text("base64-of-percent", |text| base64(format!("id:{}", percent(text, "*-._")).as_bytes())),
        Self::text("base64-in-lines", |text| in_lines(&base64(format!("header: {text}").as_bytes()))),
        Self::text("base64-percent", |text| percent(&base64(format!("??{text}").as_bytes()), "")),
        Self::text("hexadecimal", |text| hex(text.as_bytes())),
        Self::text("hexadecimal-upper", |text| hex(text.as_bytes()).to_uppercase()),
        Self::text("broken-into-lines", in_lines),
    ];

    const fn json(name: &'static str, write: fn(&str) -> String) -> Self {
        Self { name, is_json: true, write }
    }

    const fn text(name: &'static str, write: fn(&str) -> String) -> Self {
        Self { name, is_json: false, write }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|spelling| spelling.name == name)
    }

    /// The credential, written this way.
    pub fn write(&self, credential: &str) -> String {
        (self.write)(credential)
    }

    /// The credential as it stands within the quotes of a JSON string.
    pub fn in_json(&self, credential: &str) -> String {
        let written = self.write(credential);
        if self.is_json { written } else { quoted(&written, |_, _| None) }
    }
}

/// What stands within the quotes of a JSON string; some characters are written in a way of their own.
fn quoted(text: &str, own: impl Fn(usize, char) -> Option<String>) -> String {
    let write = |(at, character): (usize, char)| {
        own(at, character).unwrap_or_else(|| match character {
            '"' | '\\' => format!("\\{character}"),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            other => other.to_string(),
        })
    };
    text.chars().enumerate().map(write).collect()
}

fn unit(character: char) -> String {
    character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn upper_unit(character: char) -> String {
    character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()
}

fn percent_all(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn lower_percent(text: &str) -> String {
    let mut parts = text.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at(2);
        format!("{text}%{}{rest}", digits.to_lowercase())
    })
}

fn for_urls(text: &str) -> String {
    text.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

fn in_lines(text: &str) -> String {
    let lines: Vec<&str> = text.as_bytes().chunks(19).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    lines.join("\r\n")
}
