//! The name of a registry, by which its database and its storage know each other.

use std::fmt;
use std::str::FromStr;

use cellier_model::Random;

/// How many digits it has.
const DIGITS: usize = 32;

/// The name of a registry: random digits, which stand in its database and in its storage.
///
/// Whoever frees bytes compares the two first. The database of one registry knows no blob of another, so with it every
/// blob of that one would be freed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryId(String);

/// A text is no name of a registry.
#[derive(Debug, thiserror::Error)]
#[error("a registry is named by 32 hexadecimal digits")]
pub struct InvalidRegistryId;

impl RegistryId {
    /// A name that no other registry has.
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = [0; DIGITS / 2];
        random.fill(&mut bytes);
        Self(format!("{:032x}", u128::from_be_bytes(bytes)))
    }
}

impl FromStr for RegistryId {
    type Err = InvalidRegistryId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == DIGITS && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRegistryId)
        }
    }
}

impl fmt::Display for RegistryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_32_digits_and_nothing_else() {
        let digits = "00112233445566778899aabbccddeeff";
        let id: RegistryId = format!("{digits}\n").parse().unwrap();
        assert_eq!(id.to_string(), digits);
        for wrong in ["", "0011", "00112233445566778899AABBCCDDEEFF", "../../etc"] {
            assert!(wrong.parse::<RegistryId>().is_err(), "{wrong}");
        }
    }
}
