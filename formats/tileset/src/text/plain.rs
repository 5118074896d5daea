//! Plain text, from whatever a stranger wrote.

use super::html::{Piece, Pieces, decode};
use super::{cut, paths};
use crate::limits;

/// What a browser runs when it stands before an address.
const SCRIPT: &str = "javascript:";

/// How much of an address tells whether it runs something.
const SCRIPT_URL: usize = 20;

/// Plain text of at most so many characters: no tags, no scripts, no local paths, no control characters, no stray
/// white space.
pub(crate) fn plain(text: &str, most: usize) -> String {
    let stripped = strip(&decode(&strip(cut(text, limits::READ))));
    let tidy = paths::withhold(&without_scripts(&without_tag_starts(&visible(&stripped))));
    cut(&tidy, most).trim().to_owned()
}

/// A word of at most so many characters that stands alone: a layer's id, a version.
pub(crate) fn word(text: &str) -> String {
    plain(text, limits::WORD)
}

/// Whether a browser that took the text for HTML would run something.
pub(crate) fn is_active(text: &str) -> bool {
    Pieces(cut(text, limits::READ))
        .any(|piece| matches!(piece, Piece::Open(tag) if tag.is_active()))
}

/// Whether a text holds tags or scripts, which are dropped before it is shown.
pub(crate) fn has_markup(text: &str) -> bool {
    let text = cut(text, limits::READ);
    Pieces(text).any(|piece| !matches!(piece, Piece::Text(_)))
        || text.to_ascii_lowercase().contains(SCRIPT)
}

/// Whether an address runs something. Browsers skip white space and control characters within `javascript:`.
pub(super) fn is_script_url(address: &str) -> bool {
    let start: String = address
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(SCRIPT_URL)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    [SCRIPT, "vbscript:", "data:text/html", "data:image/svg"]
        .iter()
        .any(|scheme| start.starts_with(scheme))
}

/// The text without tags, and without what only machines read.
fn strip(text: &str) -> String {
    let mut stripped = String::with_capacity(text.len());
    for piece in Pieces(text) {
        match piece {
            Piece::Text(text) => stripped.push_str(text),
            Piece::Open(_) | Piece::Close(_) | Piece::Hidden => {}
        }
    }
    stripped
}

/// The text on one line, without characters that nobody sees or that turn others round.
pub(super) fn visible(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        word.chars()
            .filter(|&c| !c.is_control() && !is_invisible(c))
            .collect::<String>()
    });
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Zero-width spaces, marks and overrides of direction, and the byte order mark.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text without any `<` that would begin a tag: two that surrounded a tag have moved together when it was dropped.
fn without_tag_starts(text: &str) -> String {
    let mut kept: Vec<char> = Vec::with_capacity(text.len());
    for character in text.chars().rev() {
        let next = kept.last().copied();
        let is_harmless =
            next.is_none_or(|next| next.is_whitespace() || next.is_ascii_digit() || next == '=');
        if character != '<' || is_harmless {
            kept.push(character);
        }
    }
    kept.into_iter().rev().collect()
}

/// The text without `javascript:`, also where dropping one makes another.
pub(super) fn without_scripts(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for character in text.chars() {
        kept.push(character);
        let start = kept.len().saturating_sub(SCRIPT.len());
        let ends_with_script = kept
            .get(start..)
            .is_some_and(|end| end.eq_ignore_ascii_case(SCRIPT));
        if ends_with_script {
            kept.truncate(start);
        }
    }
    kept
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_go_and_words_stay() {
        assert_eq!(plain("<b>Roads</b> &amp; rails", 99), "Roads & rails");
        assert_eq!(plain("<img src=x onerror=alert(1)>", 99), "");
        assert_eq!(plain(" two\n\tlines\u{202e} \u{7} ", 99), "two lines");
        assert_eq!(plain("depth < 10 m", 99), "depth < 10 m");
        assert_eq!(plain("/tmp/img.tif", 99), "…");
        assert_eq!(plain("ééé", 2), "éé");
    }

    #[test]
    fn tricks_do_not_help() {
        assert_eq!(plain("&lt;script&gt;alert(1)&lt;/script&gt;", 99), "");
        assert_eq!(plain("<<b>script>x", 99), "");
        assert_eq!(plain("java<<b>script:x", 99), "java");
        assert_eq!(plain("javajavascript:script:x", 99), "x");
    }

    #[test]
    fn script_addresses_are_recognised_in_disguise() {
        for address in [
            "javascript:x",
            " JavaScript:x",
            "java\tscript:x",
            "data:text/html,x",
        ] {
            assert!(is_script_url(address), "{address:?}");
        }
        assert!(!is_script_url("https://example.org/javascript:"));
    }

    /// Pieces that are dangerous in some order.
    const DANGEROUS: &str = "<|>|script|SCRIPT|javascript:|java|&lt;|&#60;|&amp;|/|a|<b>|</b>|=|\"|'| |on|x|:|<!--|-->|\u{202e}|1";

    /// Texts of such pieces.
    pub(in crate::text) fn dangerous() -> impl Strategy<Value = String> {
        let pieces: Vec<_> = DANGEROUS.split('|').collect();
        proptest::collection::vec(proptest::sample::select(pieces), 0..24)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_comes_out_is_never_a_tag_nor_a_script(text in dangerous()) {
            let plain = plain(&text, 500);
            let lower = plain.to_lowercase();
            prop_assert!(!lower.contains("<script") && !lower.contains("javascript:"), "{plain}");
            prop_assert!(!Pieces(&plain).any(|piece| !matches!(piece, Piece::Text(_))), "{plain}");
        }

        #[test]
        fn any_text_is_answered_within_its_length(text in ".{0,200}", most in 0_usize..50) {
            prop_assert!(plain(&text, most).chars().count() <= most);
        }
    }
}
