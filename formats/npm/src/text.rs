//! Strangers' texts in our messages.

/// Most characters of a stranger's text that a message repeats.
const LONGEST_QUOTE: usize = 120;

/// A stranger's text in quotes, on one line, without anything that would upset a terminal or a log, and not too long.
pub(crate) fn quote(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(LONGEST_QUOTE).collect();
    if characters.next().is_none() {
        format!("{start:?}")
    } else {
        format!("{start:?}…")
    }
}

/// Like [`quote`], for bytes that ought to be UTF-8.
pub(crate) fn quote_bytes(bytes: &[u8]) -> String {
    // A character has at most four bytes: no more than these can end up in the message.
    let start = bytes.get(..LONGEST_QUOTE * 4 + 4).unwrap_or(bytes);
    quote(&String::from_utf8_lossy(start))
}

/// Bytes as people write them: `1f 8b`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

/// The text without what nobody sees: control characters, and those that turn the direction of a line or end it.
pub(crate) fn visible(text: &str) -> String {
    let is_hidden = |character: char| {
        character.is_control()
            || matches!(
                character,
                '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            )
    };
    text.chars()
        .filter(|&character| !is_hidden(character))
        .collect()
}

/// The text, cut after at most so many bytes where a character ends.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_one_short_visible_line() {
        assert_eq!(
            quote("a\u{1b}[31m\n\u{202e}b"),
            r#""a\u{1b}[31m\n\u{202e}b""#
        );
        assert_eq!(quote_bytes(b"\xff"), "\"\u{fffd}\"");
        let long = quote(&"é".repeat(500));
        assert_eq!(long.chars().filter(|&c| c == 'é').count(), 120);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(visible("MIT\r\nx: y\0"), "MITx: y");
        assert_eq!(visible("\u{202e}gpj\u{2069}.exe\u{1b}[0m"), "gpj.exe[0m");
        assert_eq!(visible("Licence d’été"), "Licence d’été");
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(cut("aé", 2), "a");
        assert_eq!(cut("aé", 3), "aé");
        assert_eq!(cut("aé", 99), "aé");
    }
}
