//! Texts that end up in answers, logs and terminals.

use crate::file_name::turns_direction;

/// What is wrong with a text of one line that people and programs will be shown; at most so many bytes.
pub(super) fn problem_with_line(text: &str, most: usize) -> Option<String> {
    if text.len() > most {
        return Some(format!(
            "has {} bytes, at most {most} are shown",
            text.len()
        ));
    }
    let stranger = text.chars().find(|&character| is_unsafe(character))?;
    Some(format!(
        "has {stranger:?}, which would reach logs and terminals: {:?}",
        start_of(text)
    ))
}

/// Control characters, and those that turn the direction of a line or end it.
fn is_unsafe(character: char) -> bool {
    let breaks = matches!(character, '\u{2028}' | '\u{2029}');
    character.is_control() || turns_direction(character) || breaks
}

/// The start of a text that may be long.
pub(super) fn start_of(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_forges_a_log_line_is_refused() {
        for bad in [
            "a\nb",
            "a\r\nset-cookie: x",
            "a\0",
            "\u{1b}[31m",
            "\u{202e}gpj",
            "\u{2028}",
        ] {
            assert!(problem_with_line(bad, 100).is_some(), "{bad:?}");
        }
        for good in ["", "été 地図 \"quoted\"", "a\u{a0}b"] {
            assert_eq!(problem_with_line(good, 100), None, "{good:?}");
        }
        assert!(problem_with_line("xxx", 2).is_some());
    }
}
