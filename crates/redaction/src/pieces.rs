//! Pieces of credentials.

use crate::{forms, patterns::Patterns, search::Search, spelling::Text};
use std::collections::BTreeMap;

/// Shorter pieces of a credential say nothing about it, and turn up by chance.
const TELLING_BYTES: usize = 8;

/// Whether a text holds a telling piece of one of the credentials, or one that is shorter itself, in any spelling.
pub(crate) fn are_in<'a>(text: &str, credentials: impl Iterator<Item = &'a str>) -> bool {
    let mut pieces = BTreeMap::new();
    for credential in credentials {
        forms::add(credential, &mut pieces);
        let bytes = credential.as_bytes();
        for piece in bytes.windows(TELLING_BYTES.min(bytes.len())) {
            pieces.insert(piece.to_vec(), false);
        }
    }
    let patterns = Patterns::new(&pieces);
    let mut search = Search::default();
    search.run(Text { bytes: text.as_bytes(), is_whole: true }, &patterns);
    !search.is_clean()
}
