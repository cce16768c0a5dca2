//! Secrets that a test plants, and looks for wherever they must not be.

use bytes::Bytes;

use crate::encoding::{base64, hex, percent};

/// A secret, in every form in which it could come out.
pub struct Planted {
    name: String,
    forms: Vec<Vec<u8>>,
}

impl Planted {
    /// Looks for this secret as it is, in base64, in hexadecimal and percent-encoded.
    pub fn new(name: &str, secret: &str) -> Self {
        let escaped = serde_json::Value::from(secret).to_string();
        let mut forms = vec![
            secret.to_owned(),
            escaped.trim_matches('"').to_owned(),
            hex(secret.as_bytes()),
            percent(secret, ""),
            percent(secret, "-._~"),
            percent(secret, "-._~!$&'()*+,;=:@/?"),
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
