use contracts::execution::Position;

/// Characters of a line that are shown; minified code has long ones.
const SHOWN: usize = 120;

/// The line of the agent's code with a caret under the column; `None` when the code has no such line.
pub fn frame(code: &str, position: &Position) -> Option<String> {
    // Not `lines`: what is missing at the end of code is missing on its last, empty line.
    let line = code.split('\n').nth(position.line.checked_sub(1)? as usize)?;
    let line = line.strip_suffix('\r').unwrap_or(line);
    let characters: Vec<char> = line.chars().collect();
    let column = (position.column.max(1) as usize - 1).min(characters.len());
    let start = column.saturating_sub(SHOWN / 2);
    let end = (start + SHOWN).min(characters.len());
    // Tabs before the caret stay tabs, so that the caret stands right however wide they are shown.
    let indent = characters[start..column].iter().map(|c| if *c == '\t' { '\t' } else { ' ' });
    let label = format!("{} | ", position.line);
    let margin = format!("{:>width$}", "| ", width = label.len());
    let shown: String = characters[start..end].iter().collect();
    Some(format!("{label}{shown}\n{margin}{}^", indent.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(code: &str, line: u32, column: u32) -> Option<String> {
        frame(code, &Position { line, column })
    }

    #[test]
    fn points_at_the_column() {
        assert_eq!(at("a\n  b.c()", 2, 5).as_deref(), Some("2 |   b.c()\n  |     ^"));
        assert_eq!(at("if (a) {\r\n", 2, 1).as_deref(), Some("2 | \n  | ^"));
        assert_eq!(at("if (a) {\r\n", 1, 8).as_deref(), Some("1 | if (a) {\n  |        ^"));
        assert_eq!(at("\tx", 1, 2).as_deref(), Some("1 | \tx\n  | \t^"));
    }

    #[test]
    fn long_lines_are_shown_around_the_column() {
        let code = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let shown = at(&code, 1, 501).expect("a frame");
        let (line, caret) = shown.split_once('\n').expect("two lines");
        assert_eq!(line.chars().count(), "1 | ".len() + SHOWN);
        assert_eq!(line.find('X'), caret.find('^'));
    }

    #[test]
    fn places_outside_of_the_code_are_survived() {
        assert_eq!(at("a", 2, 1), None);
        assert_eq!(at("a", 0, 1), None);
        assert_eq!(at("a", 1, 99).as_deref(), Some("1 | a\n  |  ^"));
    }
}
