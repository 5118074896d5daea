//! Versions, and the order they stand in.

use std::fmt;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// The text of a version: 1 to 256 visible ASCII characters without `/`, `\`, `?`, `#`, `%`, quotes or brackets.
///
/// What else a version must be is the matter of its format's [`Versioning`](crate::Versioning).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(String);

impl Version {
    /// Most characters that a version may have.
    pub const LONGEST: usize = 256;

    /// Takes any text that is safe in a path; the rules of one ecosystem come on top.
    pub fn opaque(text: &str) -> Result<Self, InvalidVersion> {
        let refuse = |problem: &str| {
            Err(InvalidVersion {
                found: text.chars().take(64).collect(),
                problem: problem.to_owned(),
            })
        };
        if text.is_empty() {
            return refuse("it is empty");
        }
        if text.len() > Self::LONGEST {
            return refuse("it has more than 256 characters");
        }
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+~:!=^*,@".contains(&byte);
        if !text.bytes().all(safe) {
            return refuse("it has characters that no version may have");
        }
        if text.bytes().all(|byte| byte == b'.') {
            return refuse("it has nothing but dots");
        }
        Ok(Self(text.to_owned()))
    }

    /// Takes a strict Semantic Version 2.0.0: `1.2.3`, `1.2.3-beta.1`, `1.2.3+build.7`; no `v1.2.3`, no `1.2`.
    pub fn semver(text: &str) -> Result<(Self, semver::Version), InvalidVersion> {
        let refuse = |problem: String| InvalidVersion {
            found: text.chars().take(64).collect(),
            problem,
        };
        if text.len() > Self::LONGEST {
            return Err(refuse("it has more than 256 characters".to_owned()));
        }
        let parsed = semver::Version::parse(text).map_err(|error| {
            refuse(format!(
                "it is not a semantic version such as 1.2.3: {error}"
            ))
        })?;
        Ok((Self(text.to_owned()), parsed))
    }

    /// The number of a revision: 1, 2, 3 …
    pub fn revision(number: u64) -> Self {
        Self(number.to_string())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Version {
    type Error = InvalidVersion;

    fn try_from(text: String) -> Result<Self, InvalidVersion> {
        Self::opaque(&text)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text cannot be a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} cannot be a version: {problem}")]
pub struct InvalidVersion {
    /// The first 64 characters of what was found.
    pub found: String,
    /// The rule that it breaks.
    pub problem: String,
}

/// Where a version stands among the versions of its artefact: keys compare byte by byte, greater is newer.
///
/// The core orders and selects by it without asking the format again. Keys are visible ASCII, at most 1024 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderKey(String);

impl OrderKey {
    /// Most bytes that a key may have.
    pub const LONGEST: usize = 1024;

    /// A key that a format of its own order gives; bytes outside visible ASCII are refused.
    pub fn new(key: impl Into<String>) -> Result<Self, InvalidVersion> {
        let key = key.into();
        let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        if key.is_empty() || key.len() > Self::LONGEST || !visible {
            let problem = "an order key is 1 to 1024 visible ASCII characters".to_owned();
            return Err(InvalidVersion {
                found: key.chars().take(64).collect(),
                problem,
            });
        }
        Ok(Self(key))
    }

    /// The key of a revision.
    pub fn of_revision(number: u64) -> Self {
        Self(sortable(&number.to_string()))
    }

    /// The key of a semantic version: precedence as in Semantic Versioning 2.0.0, section 11; versions that differ in
    /// build metadata alone, which have no precedence there, stand in the order of its text.
    pub fn of_semver(version: &semver::Version) -> Self {
        let mut key = Self::of_line(&[version.major, version.minor, version.patch]).0;
        if version.pre.is_empty() {
            key.push('~'); // after every prerelease
        } else {
            for identifier in version.pre.split('.') {
                key.push('-');
                if identifier.bytes().all(|byte| byte.is_ascii_digit()) {
                    key.push_str(&sortable(identifier)); // starts with ! to 6 or so, before any letter's tag
                } else {
                    key.push('|');
                    key.push_str(identifier);
                    key.push('!');
                }
            }
            key.push('!'); // fewer identifiers come first: ! sorts before -
        }
        if !version.build.is_empty() {
            let _ = write!(key, "+{}", version.build.as_str());
        }
        Self(key)
    }

    /// What the keys of all versions of a line start with: `[1]` for `1.x.y`, `[1, 2]` for `1.2.x`.
    pub fn of_line(numbers: &[u64]) -> Self {
        Self(
            numbers
                .iter()
                .map(|number| sortable(&number.to_string()))
                .collect(),
        )
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A number's decimal digits behind a character for how many there are, so that texts sort as the numbers do.
fn sortable(digits: &str) -> String {
    // Identifiers of a prerelease may have more digits than any integer type holds: count on beyond letters.
    let mut length = digits.len();
    let mut text = String::new();
    while length >= 64 {
        text.push('{');
        length -= 63;
    }
    text.push(char::from(b'0' + u8::try_from(length).unwrap_or(0)));
    text.push_str(digits);
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> OrderKey {
        OrderKey::of_semver(&semver::Version::parse(text).unwrap())
    }

    #[test]
    fn keys_stand_in_the_order_that_the_specification_gives() {
        let ordered = [
            "0.0.0",
            "0.0.9",
            "0.0.10",
            "1.0.0-0",
            "1.0.0-1",
            "1.0.0-10",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-alpha0",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.9.0",
            "1.10.0",
            "2.0.0-0.3.7",
            "2.0.0",
            "10.0.0",
        ];
        for pair in ordered.windows(2) {
            assert!(
                key(pair[0]) < key(pair[1]),
                "{} before {}",
                pair[0],
                pair[1]
            );
        }
    }

    #[test]
    fn a_line_is_a_range_of_keys() {
        let line = OrderKey::of_line(&[1, 2]);
        assert!(key("1.2.0").as_str().starts_with(line.as_str()));
        assert!(!key("1.20.0").as_str().starts_with(line.as_str()));
        assert!(
            !key("12.0.0")
                .as_str()
                .starts_with(OrderKey::of_line(&[1]).as_str())
        );
    }

    #[test]
    fn strict_semver_only() {
        for bad in [
            "v1.0.0", "=1.0.0", "1.0", "1", "01.0.0", "1.0.0-", "1.0.0+", "1.0.0-01", "1.2.3.4",
            " 1.0.0", "",
        ] {
            assert!(Version::semver(bad).is_err(), "{bad:?}");
        }
        assert!(Version::semver("1.0.0+build.7").is_ok());
    }

    fn any_version() -> impl Strategy<Value = semver::Version> {
        let identifier = prop_oneof!["[0-9]{1,3}", "[a-zA-Z-][a-zA-Z0-9-]{0,4}"];
        let identifier = identifier.prop_map(|text: String| {
            let trimmed = text.trim_start_matches('0');
            if text.bytes().all(|byte| byte.is_ascii_digit()) && trimmed != text {
                if trimmed.is_empty() {
                    "0".to_owned()
                } else {
                    trimmed.to_owned()
                }
            } else {
                text
            }
        });
        let numbers = (0..120_u64, 0..120_u64, 0..120_u64);
        (numbers, proptest::collection::vec(identifier, 0..4)).prop_map(
            |((major, minor, patch), pre)| {
                let mut version = semver::Version::new(major, minor, patch);
                version.pre = semver::Prerelease::new(&pre.join(".")).unwrap();
                version
            },
        )
    }

    proptest! {
        #[test]
        fn keys_order_as_the_semver_crate_does(a in any_version(), b in any_version()) {
            prop_assert_eq!(a.cmp(&b), OrderKey::of_semver(&a).cmp(&OrderKey::of_semver(&b)), "{} {}", a, b);
        }
    }
}
