//! Names of properties that are not names but data.

/// Longer names are data.
const MAX_NAME_BYTES: usize = 64;

/// Whether a name looks like an id, an e-mail address, a UUID, a URL or path, a date, a number or a hash.
pub(crate) fn looks_like_data(name: &str) -> bool {
    name.is_empty()
        || name.len() > MAX_NAME_BYTES
        || name.contains(['/', '\\', '\n'])
        || is_address(name)
        || is_mostly_digits(name)
        || is_hash(name)
        || is_numbered(name)
        || is_token(name)
}

/// `ann@example.com`, but not `@type`.
fn is_address(name: &str) -> bool {
    name.split_once('@').is_some_and(|(before, after)| !before.is_empty() && after.contains('.'))
}

/// `2024-05-01`, `12:30`, `10.0.0.1`, `-3.5`, `+49 30 1234`, `#17`, but not `2fa_enabled`.
fn is_mostly_digits(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let starts = name.trim_start_matches(['+', '-', '#', '$', '€', '.']).starts_with(|c: char| c.is_ascii_digit());
    starts && digits * 2 >= name.chars().count()
}

/// Hexadecimal with a digit, with or without dashes: UUIDs, hashes, object ids.
fn is_hash(name: &str) -> bool {
    let digits: Vec<u8> = name.bytes().filter(|byte| *byte != b'-').collect();
    digits.len() >= 12 && digits.iter().all(u8::is_ascii_hexdigit) && digits.iter().any(u8::is_ascii_digit)
}

/// `user_1234`, `ISSUE-123`, `item10293`, but not `address_line_1`, `sha256` or `iso3166`.
fn is_numbered(name: &str) -> bool {
    let word = name.trim_end_matches(|character: char| character.is_ascii_digit());
    let digits = name.len() - word.len();
    let separated = word.ends_with(['-', '_', ':', '#']);
    !word.is_empty() && digits >= if separated { 3 } else { 5 }
}

/// `cus_J5b2Kx9Q1`, `C024BE91L`, `U02ABC`: letters and digits that change often.
fn is_token(name: &str) -> bool {
    let characters: Vec<char> = name.chars().filter(|character| character.is_ascii_alphanumeric()).collect();
    let changes = characters.windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    let digits = characters.iter().filter(|character| character.is_ascii_digit()).count();
    let capitals = !name.chars().any(|character| character.is_lowercase());
    changes >= 4 || (capitals && characters.len() >= 6 && digits >= 2 && changes >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_recognised() {
        for name in [
            "",
            "7",
            "-3.5",
            "1e5",
            "2024-05-01",
            "2024-05-01T12:00:00Z",
            "12:30",
            "10.0.0.1",
            "+49 30 1234",
            "#17",
            "ann@example.com",
            "first.last+tag@mail.example.org",
            "https://example.com/a",
            "/users/{id}",
            "src/main.rs",
            "application/json",
            "C:\\Users",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "d41d8cd98f00b204e9800998ecf8427e",
            "507f1f77bcf86cd799439011",
            "user_1234",
            "ISSUE-123",
            "item10293",
            "cus_J5b2Kx9Q1",
            "C024BE91L",
            "U02ABC",
            "two\nlines",
        ] {
            assert!(looks_like_data(name), "{name:?}");
        }
        assert!(looks_like_data(&"x".repeat(65)));
    }

    #[test]
    fn names_are_not() {
        for name in [
            "id",
            "name",
            "createdAt",
            "created_at",
            "x",
            "address_line_1",
            "line2",
            "sha256",
            "md5",
            "base64",
            "iso3166",
            "utf8",
            "x86_64",
            "ipv4",
            "2fa_enabled",
            "@type",
            "$ref",
            "_links",
            "First Name",
            "content-type",
            "größe",
            "H1",
            "service.name",
            "base64_sha256",
            "EC2_INSTANCE",
            "SHA256",
            "deadline",
            "facade",
            "beef",
            "added",
            "%",
            "名前",
        ] {
            assert!(!looks_like_data(name), "{name:?}");
        }
    }
}
