//! What a user writes to name an artefact.

use std::fmt;
use std::str::FromStr;

/// A word that becomes one segment of a path: a name, a selector, a format.
///
/// Whether it is a *good* name the server decides. Here is refused what would not arrive there: nothing at all, `.` and
/// `..`, which a URL swallows, and control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word(String);

impl Word {
    /// Most bytes that a word may have.
    const LONGEST: usize = 256;

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Word {
    type Err = InvalidWord;

    fn from_str(text: &str) -> Result<Self, InvalidWord> {
        let arrives = !matches!(text, "" | "." | "..") && text.len() <= Self::LONGEST;
        if arrives && !text.contains(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidWord)
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text is nothing that a path could hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write 1 to 256 bytes without control characters, and not . or ..")]
pub(crate) struct InvalidWord;

/// `NAME[@SELECTOR]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The name.
    pub(crate) name: Word,
    /// Which version; without it the newest stable one.
    pub(crate) selector: Option<Word>,
}

impl FromStr for Reference {
    type Err = InvalidWord;

    /// The selector is what follows the last `@` that is not the first character: `@acme/widget` has none.
    fn from_str(text: &str) -> Result<Self, InvalidWord> {
        let (name, selector) = match text.rfind('@') {
            Some(at) if at > 0 => (&text[..at], Some(&text[at + 1..])),
            _ => (text, None),
        };
        Ok(Self {
            name: name.parse()?,
            selector: selector.map(str::parse).transpose()?,
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.selector {
            Some(selector) => write!(f, "{}@{selector}", self.name),
            None => self.name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selector_follows_the_last_at_that_is_not_the_first_character() {
        let parts = |text: &str| {
            let Reference { name, selector } = text.parse().unwrap();
            (name.0, selector.map(|selector| selector.0))
        };
        let owned =
            |name: &str, selector: Option<&str>| (name.to_owned(), selector.map(str::to_owned));
        assert_eq!(parts("terrain"), owned("terrain", None));
        assert_eq!(parts("terrain@3"), owned("terrain", Some("3")));
        assert_eq!(parts("@acme/widget"), owned("@acme/widget", None));
        assert_eq!(
            parts("@acme/widget@^1.2"),
            owned("@acme/widget", Some("^1.2"))
        );
        assert_eq!(
            "@acme/widget@^1.2"
                .parse::<Reference>()
                .unwrap()
                .to_string(),
            "@acme/widget@^1.2"
        );
    }

    #[test]
    fn what_a_url_would_swallow_is_refused() {
        for bad in ["", ".", "..", "terrain@", "..@1", "a\nb", "terrain@.."] {
            assert!(bad.parse::<Reference>().is_err(), "{bad:?}");
        }
        assert!("x".repeat(257).parse::<Word>().is_err());
    }
}
