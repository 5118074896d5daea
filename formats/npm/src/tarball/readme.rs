//! The readme, of which there may be several and all of them long.

use crate::{limits, text};

/// The beginning of a readme.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Readme {
    /// Its text.
    pub(crate) text: String,
    /// Whether it goes on.
    pub(crate) truncated: bool,
}

impl Readme {
    /// Takes as much as was read of a readme of this size.
    pub(super) fn new(bytes: &[u8], size: u64) -> Self {
        // A character that the limit cut in two is no broken character.
        let whole = match str::from_utf8(bytes) {
            Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
            _ => bytes,
        };
        let text = String::from_utf8_lossy(whole);
        let kept = text::cut(&text, limits::README);
        Self {
            truncated: size > bytes.len() as u64 || kept.len() < text.len(),
            text: kept.to_owned(),
        }
    }
}

/// How much a file looks like the package's readme, by its path below `package/`: more is better, `None` not at all.
pub(super) fn rank(path: &str) -> Option<u8> {
    let path = path.to_ascii_lowercase();
    match path.strip_prefix("readme")? {
        ".md" => Some(4),
        ".markdown" | ".mdown" | ".mkd" => Some(3),
        "" => Some(2),
        ".txt" | ".rst" | ".adoc" | ".asciidoc" => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_preferred_and_translations_are_not_the_readme() {
        assert!(rank("README.md") > rank("readme.markdown"));
        assert!(rank("Readme.markdown") > rank("README"));
        for other in ["README.zh.md", "docs/README.md", "readme.js", "index.js"] {
            assert_eq!(rank(other), None, "{other}");
        }
    }

    #[test]
    fn a_long_readme_is_cut_where_a_character_ends() {
        let long = format!("x{}", "é".repeat(limits::README));
        let readme = Readme::new(&long.as_bytes()[..limits::README], long.len() as u64);
        assert!(readme.truncated);
        assert_eq!(readme.text.len(), limits::README - 1);
        assert!(long.starts_with(&readme.text));
    }

    #[test]
    fn a_readme_in_another_encoding_stays_within_the_limit() {
        let readme = Readme::new(&vec![0xe9; limits::README], limits::README as u64);
        assert!(readme.truncated && readme.text.len() <= limits::README);
        let short = Readme::new(b"caf\xe9!", 5);
        assert_eq!(
            (short.text.as_str(), short.truncated),
            ("caf\u{fffd}!", false)
        );
    }
}
