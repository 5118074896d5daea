//! Strangers' texts and large numbers in our messages.

/// Most characters of a stranger's text that a message repeats.
const LONGEST_QUOTE: usize = 100;

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

/// A number with commas between thousands: `914,673,664`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The text, cut after at most so many characters.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    text.char_indices()
        .nth(most)
        .map_or(text, |(end, _)| &text[..end])
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
        let long = quote(&"é".repeat(500));
        assert_eq!(long.chars().filter(|&c| c == 'é').count(), LONGEST_QUOTE);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(16_073), "16,073");
        assert_eq!(grouped(914_673_664), "914,673,664");
    }

    #[test]
    fn a_cut_counts_characters() {
        assert_eq!(cut("aéb", 2), "aé");
        assert_eq!(cut("aéb", 3), "aéb");
    }
}
