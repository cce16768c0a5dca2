use redaction::Redactor;

/// Bytes looked at of a text that an error quotes.
const READ_BYTES: usize = 4_000;

const HIDDEN: &str = "[redacted: it repeats a credential]";

/// How errors quote what somebody else has written.
#[derive(Default)]
pub(crate) struct Quoting {
    /// What the MCP server is shown.
    server: Redactor,
    /// What was sent in this exchange.
    sent: Redactor,
}

impl Quoting {
    /// With the credentials that the MCP server is shown.
    pub fn of_server(server: &Redactor) -> Self {
        Self { server: server.clone(), sent: Redactor::default() }
    }

    /// The same with credentials that were sent, in every form in which they were.
    #[must_use]
    pub fn with_sent(self, sent: impl IntoIterator<Item = String>) -> Self {
        Self { sent: Redactor::new(sent), ..self }
    }

    /// A text as an error may show it: one line of limited length. A text that repeats a credential that was sent, or a
    /// telling piece of one, is left out as a whole: what else is in it may be the rest.
    pub fn quote(&self, text: &str) -> String {
        let read = &text.as_bytes()[..text.len().min(READ_BYTES)];
        if self.sent.repeats(&String::from_utf8_lossy(read)) {
            return HIDDEN.to_string();
        }
        self.server.excerpt(read, read.len() == text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_seen_whole_in_part_and_encoded() {
        let sent = ["a/secret that=is&long".to_string(), "k3y".to_string(), String::new()];
        let quoting = Quoting::of_server(&Redactor::new(["of-the-server".to_string()])).with_sent(sent);
        for text in [
            "no: a/secret that=is&long",
            "no: secret t…",
            "client_secret=a%2Fsecret+that%3dis%26long",
            "unknown key k3y.",
            "%6b3y",
        ] {
            assert_eq!(quoting.quote(text), HIDDEN, "{text}");
        }
        assert_eq!(quoting.quote("no\n such\u{7} secret"), "no such secret");
        assert_eq!(quoting.quote("not of\\u002dthe-server"), "not [redacted]");
        assert!(quoting.quote(&"é".repeat(300)).starts_with(&format!("{}…", "é".repeat(200))));
        assert_eq!(Quoting::default().quote(""), "");
    }
}
