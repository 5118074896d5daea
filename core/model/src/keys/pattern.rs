//! Patterns for names in the scope of a key.

use std::fmt;

use crate::{InvalidText, fold_name};

/// A name, or the start of names when it ends in `*`. Compared without regard to case, as names are.
#[derive(Clone, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
}

impl NamePattern {
    /// Checks a text: 1 to 215 visible ASCII characters, `*` only at the end.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let stem = text.strip_suffix('*').unwrap_or(text);
        let visible = stem
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'*');
        if text.is_empty() || text.len() > 215 || !visible {
            return Err(InvalidText::new(
                text,
                "a name pattern is a name, or the start of one followed by *",
            ));
        }
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// Whether a name is meant.
    pub fn matches(&self, name: &str) -> bool {
        let name = fold_name(name);
        match self.prefix() {
            Some(prefix) => name.starts_with(&prefix),
            None => name == fold_name(&self.text),
        }
    }

    /// Whether every name is meant.
    pub fn matches_all(&self) -> bool {
        self.text == "*"
    }

    /// What names start with, in lower case; `None` if one exact name is meant.
    pub fn prefix(&self) -> Option<String> {
        self.text.strip_suffix('*').map(fold_name)
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_name_or_the_start_of_names() {
        let exact = NamePattern::parse("@acme/Widget").unwrap();
        assert!(exact.matches("@acme/widget"));
        assert!(!exact.matches("@acme/widget2"));
        let scope = NamePattern::parse("@acme/*").unwrap();
        assert!(scope.matches("@acme/widget"));
        assert!(!scope.matches("@acme-evil/widget"));
        assert!(NamePattern::parse("*").unwrap().matches("anything"));
        for bad in ["", "a*b", "**", "a b", "a\n"] {
            assert!(NamePattern::parse(bad).is_err(), "{bad:?}");
        }
    }
}
