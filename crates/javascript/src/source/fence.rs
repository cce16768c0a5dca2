/// The code without a Markdown fence around it, with as many lines before it as the fence took.
pub(super) fn without_fence(code: &str) -> Option<String> {
    const FENCE: &str = "```";
    let start = code.len() - code.trim_start().len();
    let (_language, rest) = code[start..].strip_prefix(FENCE)?.split_once('\n')?;
    let lines_before = code[..start].matches('\n').count() + 1;
    let mut end = 0;
    let mut closed_at = None;
    for line in rest.split_inclusive('\n') {
        if line.trim() == FENCE {
            closed_at = Some(end);
        }
        end += line.len();
    }
    Some("\n".repeat(lines_before) + &rest[..closed_at.unwrap_or(rest.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_taken_off_and_lines_stay() {
        for code in ["```js\nreturn 1\n```", "```javascript\nreturn 1\n```\n", "```\nreturn 1\n``` \nThat is all."] {
            assert_eq!(without_fence(code).as_deref(), Some("\nreturn 1\n"));
        }
        assert_eq!(without_fence("\n\n```js\nreturn 1").as_deref(), Some("\n\n\nreturn 1"));
        assert_eq!(without_fence("`a` + ```b```"), None);
    }
}
