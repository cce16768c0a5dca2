//! The names of tools beside those of other servers: `<alias>__<tool>`.
//!
//! Models take `[A-Za-z0-9_-]{1,64}` only. A name that is longer, or has other characters, is cut and gets the
//! hash of the whole, so it depends on no other tool and means the same from day to day.

/// Characters of a name.
const MAX_CHARACTERS: usize = 64;

/// Characters of `_` and the hash.
const HASH_CHARACTERS: usize = 9;

const SEPARATOR: &str = "__";

/// The name of a server's tool.
pub fn direct(alias: &str, tool: &str) -> String {
    let plain = format!("{}{SEPARATOR}{}", plain(alias), plain(tool));
    // The first separator is to be the one after the alias.
    let can_be_split = !alias.contains(SEPARATOR) && !alias.ends_with('_');
    if can_be_split && is_plain(alias) && is_plain(tool) && plain.len() <= MAX_CHARACTERS {
        return plain;
    }
    let kept = &plain[..plain.len().min(MAX_CHARACTERS - HASH_CHARACTERS)];
    format!("{kept}_{:08x}", hash(alias, tool))
}

/// Whether a tool of this server may have this name.
pub fn may_belong(name: &str, alias: &str) -> bool {
    let start = plain(alias) + SEPARATOR;
    let start = &start[..start.len().min(MAX_CHARACTERS - HASH_CHARACTERS)];
    name.starts_with(start)
}

/// The tool that has this name at a server, if the name is not hashed.
pub fn tool_of<'a>(name: &'a str, alias: &str) -> Option<&'a str> {
    let tool = name.strip_prefix(alias)?.strip_prefix(SEPARATOR)?;
    (direct(alias, tool) == name).then_some(tool)
}

/// Whether this can be a name that [`direct`] gave.
pub fn is_direct(name: &str) -> bool {
    is_plain(name) && name.contains('_') && name.len() <= MAX_CHARACTERS
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_plain_character)
}

fn is_plain_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// In ASCII, one character for each.
fn plain(name: &str) -> String {
    name.chars().map(|character| if is_plain_character(character) { character } else { '_' }).collect()
}

/// FNV-1a (32 bits) of both names.
fn hash(alias: &str, tool: &str) -> u32 {
    let bytes = alias.bytes().chain([0]).chain(tool.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_kept_and_others_are_told_apart() {
        assert_eq!(direct("files", "read_file"), "files__read_file");
        assert_eq!(tool_of("files__read_file", "files"), Some("read_file"));
        for (alias, tool) in [("a.b", "x"), ("other", "x")] {
            assert_eq!(tool_of(&direct(alias, tool), "a"), None, "{alias} {tool}");
        }
        assert_eq!(direct("my-srv", "resolve-library-id"), "my-srv__resolve-library-id");
        let odd = [
            direct("a.b", "x"),
            direct("a__b", "c"),
            direct("a", "b__c"),
            direct("a_", "b"),
            direct("a", "_b"),
            direct("a_b", "x/y"),
            direct("a_b", "x y"),
            direct("a_b", &"x".repeat(100)),
        ];
        for (at, name) in odd.iter().enumerate() {
            assert!(is_direct(name) && !odd[..at].contains(name), "{name}");
        }
        assert_eq!(odd[0].len(), "a_b__x_00000000".len());
        assert_eq!(direct("a_b", &"x".repeat(100)).len(), MAX_CHARACTERS);
        assert_eq!(direct("a.b", "x"), odd[0], "always the same");
    }

    #[test]
    fn a_name_may_belong_to_its_server() {
        let long = "l".repeat(64);
        for alias in ["files", "a.b", long.as_str()] {
            for tool in ["read", "", "résumé", long.as_str()] {
                let name = direct(alias, tool);
                assert!(may_belong(&name, alias) && name.len() <= MAX_CHARACTERS, "{name}");
            }
        }
        assert!(!may_belong("files__read", "file"));
    }

    #[test]
    fn a_cursor_is_a_name() {
        assert!(is_direct("files__read_file"));
        for other in ["", "files", "a b__c", "é__c", &"a__b".repeat(20)] {
            assert!(!is_direct(other), "{other}");
        }
    }
}
