//! Secrets that a test plants, and looks for wherever they must not be.

use bytes::Bytes;

/// A secret, in every form in which it could come out.
pub struct Planted {
    name: String,
    forms: Vec<Vec<u8>>,
}

impl Planted {
    /// Looks for this secret as it is, in base64, in hexadecimal and percent-encoded.
    pub fn new(name: &str, secret: &str) -> Self {
        let percent = |keep: &str| {
            let encoded =
                secret.bytes().map(|byte| match byte.is_ascii_alphanumeric() || keep.contains(char::from(byte)) {
                    true => char::from(byte).to_string(),
                    false => format!("%{byte:02X}"),
                });
            encoded.collect::<String>()
        };
        let escaped = serde_json::Value::from(secret).to_string();
        let mut forms = vec![
            secret.to_owned(),
            escaped.trim_matches('"').to_owned(),
            secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
            percent(""),
            percent("-._~"),
            percent("-._~!$&'()*+,;=:@/?"),
        ];
        // Within a longer text it may begin at any of three places.
        for before in 0..3 {
            let text = base64(&[&vec![0; before], secret.as_bytes()].concat());
            // Without what depends on its neighbours.
            let own = text.get(before + usize::from(before > 0)..text.len() - 4).unwrap_or_default().to_owned();
            forms.push(own.replace('+', "-").replace('/', "_"));
            forms.push(own);
        }
        forms.sort();
        forms.dedup();
        assert!(forms.iter().all(|form| form.len() >= 12), "{name} is long enough to be told from chance");
        Self { name: name.to_owned(), forms: forms.into_iter().map(String::into_bytes).collect() }
    }

    /// Where the secret stands in some bytes.
    fn found_in(&self, bytes: &[u8]) -> Option<usize> {
        self.forms.iter().find_map(|form| bytes.windows(form.len()).position(|part| part == form))
    }
}

/// What was said, and by what.
pub struct Said {
    /// What said it.
    pub by: String,
    /// All of it, headers included.
    pub bytes: Bytes,
}

/// Finds none of the secrets in anything that was said.
///
/// # Panics
/// When there is one.
pub fn assert_hidden(secrets: &[Planted], all: &[Said]) {
    let mut found = Vec::new();
    for said in all {
        for secret in secrets {
            if let Some(at) = secret.found_in(&said.bytes) {
                let around = &said.bytes[at.saturating_sub(120)..(at + 80).min(said.bytes.len())];
                found.push(format!("{} in {}: …{}…", secret.name, said.by, String::from_utf8_lossy(around)));
            }
        }
    }
    assert!(found.is_empty(), "{} times:\n{}", found.len(), found.join("\n"));
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes.chunks(3).map(|group| {
        let bits = (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(group.get(at).copied().unwrap_or(0)));
        (0..4).map(|at| char::from(ALPHABET[bits >> (18 - 6 * at) & 63])).collect::<String>()
    });
    groups.collect()
}
