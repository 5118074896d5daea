//! Names of files.

/// Whether a text may be the name of a file that is offered for download: 1 to 255 bytes of any script, without path
/// separators, control characters and characters that turn the direction of a line, and not only dots.
///
/// No path is ever made from such a name; the rule keeps clients that make one out of harm's way.
pub fn is_safe_file_name(text: &str) -> bool {
    let forbidden = |c: char| c.is_control() || c == '/' || c == '\\' || turns_direction(c);
    let only_dots = text.trim_matches('.').is_empty();
    !text.is_empty() && text.len() <= 255 && !only_dots && !text.contains(forbidden)
}

/// Whether a character is seen by nobody and turns the direction of what follows: `exe.gpj` shows as `jpg.exe`.
pub(crate) fn turns_direction(character: char) -> bool {
    matches!(
        character,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_never_a_path() {
        for good in [
            "terrain.mbtiles",
            "Réunion (2026).pmtiles",
            ".npmrc",
            "地図",
        ] {
            assert!(is_safe_file_name(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "a\0b",
            "a\r\nb",
            "a\u{202e}b",
            &"x".repeat(256),
        ] {
            assert!(!is_safe_file_name(bad), "{bad:?}");
        }
    }
}
