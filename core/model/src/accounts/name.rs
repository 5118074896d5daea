//! The names of accounts.

use std::fmt;

use serde::Serialize;

use crate::InvalidText;

/// The name of a user or an organization: 1 to 64 of `a-z 0-9 . _ -`, starting with a letter or digit.
///
/// Users and organizations share one space of names. A name never changes, and that of a deleted account never comes
/// back, so that nobody inherits rights by taking it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AccountName(String);

impl AccountName {
    /// Checks a text.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let starts_well = text.bytes().next().is_some_and(plain);
        let allowed = |byte: u8| plain(byte) || b"._-".contains(&byte);
        if starts_well && text.len() <= 64 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidText::new(
                text,
                "the name of an account is 1 to 64 of a-z 0-9 . _ - and starts with a letter or digit",
            ))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_lower_case() {
        for good in ["a", "7", "anna", "acme-maps", "o.hara_2", &"x".repeat(64)] {
            assert!(AccountName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Anna",
            "-anna",
            ".anna",
            "anna smith",
            "anna/smith",
            "user:anna",
            "änna",
            "anna\n",
            &"x".repeat(65),
        ] {
            assert!(AccountName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
