//! Forms of texts. The OpenAPI document has each of them as a `pattern` and a `maxLength`.

use std::net::Ipv6Addr;
use tool_names::alias;

/// What a text must be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    /// Characters at the most; none at all is too few.
    pub most: usize,
    /// The characters and their order, apart from their number.
    pub fits: fn(&str) -> bool,
    /// One sentence for the one who sent another.
    pub expected: &'static str,
}

impl Text {
    pub fn allows(&self, text: &str) -> bool {
        !text.is_empty() && text.chars().take(self.most + 1).count() <= self.most && (self.fits)(text)
    }
}

/// The name of a server in scripts and paths.
pub(crate) const ALIAS: Text = Text { most: alias::MAX_CHARS, fits: alias::is_valid, expected: alias::EXPECTED };

/// What people read in one line.
pub(crate) const LINE: Text = Text {
    most: 200,
    fits: |text| !text.contains(is_c0_or_delete),
    expected: "It must be 1 to 200 characters, without control characters.",
};

/// What people read.
pub(crate) const PROSE: Text = Text { most: 4_096, fits: |_| true, expected: "It must be 1 to 4096 characters." };

/// A credential in a header (RFC 9110, section 5.5, without obsolete characters).
pub(crate) const HEADER_VALUE: Text = Text {
    most: 8_192,
    fits: |text| {
        let visible_ends = !text.starts_with([' ', '\t']) && !text.ends_with([' ', '\t']);
        visible_ends && text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
    },
    expected: "It must be 1 to 8192 characters of ASCII, without spaces around them.",
};

/// The name of a header (RFC 9110, section 5.6.2).
pub(crate) const HEADER_NAME: Text = Text {
    most: 64,
    fits: |text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)),
    expected: "The name of a header is 1 to 64 letters, digits and signs such as \"-\".",
};

/// A token, a secret or an identifier of OAuth 2 (RFC 6749, appendix A, without spaces).
pub(crate) const VISIBLE: Text = Text {
    most: 8_192,
    fits: |text| text.bytes().all(|byte| byte.is_ascii_graphic()),
    expected: "It must be 1 to 8192 visible characters of ASCII, without spaces.",
};

/// A private key in PEM (RFC 7468).
pub(crate) const PEM: Text = Text {
    most: 16_384,
    fits: |text| {
        text.starts_with("-----BEGIN ") && text.bytes().all(|byte| matches!(byte, b'\n' | b'\r' | b' '..=b'~'))
    },
    expected: "It must be a private key in PEM, from \"-----BEGIN\" to the end, in at most 16384 characters.",
};

/// The scopes of an access token (RFC 6749, section 3.3).
pub(crate) const SCOPE: Text = Text {
    most: 1_024,
    fits: |text| {
        let is_token_byte = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        text.split(' ').all(|token| !token.is_empty() && token.bytes().all(is_token_byte))
    },
    expected: "It must be scopes with single spaces between them, in at most 1024 characters.",
};

/// The name of a tool, as its server calls it.
pub(crate) const TOOL: Text = Text {
    most: 256,
    fits: |text| !text.contains(is_c0_or_delete),
    expected: "It must be 1 to 256 characters, without control characters.",
};

/// An `http` or `https` URL. Whether the gateway connects there is decided by whoever stores it.
pub(crate) const URL: Text = Text {
    most: 2_048,
    fits: is_url,
    expected: "It must be an absolute https URL (http on the gateway's own machine) of at most 2048 ASCII characters, without user name, password and fragment.",
};

fn is_c0_or_delete(character: char) -> bool {
    character.is_ascii_control()
}

fn is_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    is_authority(authority)
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte))
}

/// Of the names of hosts, as they are used.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.rfind([':', ']']) {
        Some(at) if authority.as_bytes()[at] == b':' => (&authority[..at], Some(&authority[at + 1..])),
        _ => (authority, None),
    };
    let host_fits = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        // One spelling of an IPv4 address within is enough, and `::ffff:7f00:1` is it.
        Some(address) => !address.contains('.') && address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_name_byte),
    };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0') && port.parse::<u16>().is_ok()
    };
    host_fits && port.is_none_or(is_port)
}
