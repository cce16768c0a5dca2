/// How many names a hint shows.
const SHOWN: usize = 3;

/// Names are compared up to this many characters, so that a hostile name costs little.
const COMPARED_CHARACTERS: usize = 64;

/// Up to three candidates that are most likely meant by a wrong name, best first; empty when none is near.
///
/// Near is: equal but for case and separators, one contains the other, or an edit distance of at most a
/// third of the longer name.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wrong = folded(wrong);
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let folded = folded(candidate);
            let longest = wrong.len().max(folded.len());
            let contained =
                wrong.len() >= 3 && folded.len() >= 3 && (contains(&folded, &wrong) || contains(&wrong, &folded));
            let distance = edit_distance(&wrong, &folded);
            (contained || distance * 3 <= longest).then_some((distance, candidate))
        })
        .collect();
    near.sort();
    near.dedup();
    near.into_iter().take(SHOWN).map(|(_, candidate)| candidate).collect()
}

fn folded(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(COMPARED_CHARACTERS).collect()
}

fn contains(long: &[char], short: &[char]) -> bool {
    long.windows(short.len()).any(|window| window == short)
}

/// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours count one each.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(from != to);
            let mut best = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_typos_case_and_separators() {
        let names = ["read_file", "write_file", "list_directory"];
        assert_eq!(nearest("readFile", names), ["read_file"]);
        assert_eq!(nearest("raed_file", names)[0], "read_file");
        assert_eq!(nearest("gti", ["git"]), ["git"]);
        assert_eq!(nearest("directory", names), ["list_directory"]);
    }

    #[test]
    fn offers_nothing_when_nothing_is_near() {
        assert!(nearest("send_mail", ["read_file"]).is_empty());
        assert!(nearest("", ["read_file"]).is_empty());
    }
}
