//! The text of an API key.

use std::fmt;

use sha2::{Digest as _, Sha512};
use subtle::ConstantTimeEq as _;

use crate::Random;

const PREFIX: &str = "cel_";
const SHORT_ID: usize = 8;
const SECRET: usize = 43;
const CHECKSUM: usize = 6;
const LENGTH: usize = PREFIX.len() + SHORT_ID + 1 + SECRET + CHECKSUM;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The text of an API key: `cel_<8 short id>_<43 base62 secret><6 base62 checksum>`.
///
/// The secret has 256 bits, so a fast hash is enough to store it. The checksum is the CRC-32 of all that stands before
/// it: a text that was cut or mistyped is refused without a look into the database.
#[derive(Clone)]
pub struct KeyToken(String);

impl KeyToken {
    /// A new key that nobody can guess.
    pub fn generate(random: &dyn Random) -> Self {
        let mut text = String::with_capacity(LENGTH);
        text.push_str(PREFIX);
        push_random(&mut text, SHORT_ID, random);
        text.push('_');
        push_random(&mut text, SECRET, random);
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Self(text)
    }

    /// Checks shape and checksum.
    pub fn parse(text: &str) -> Result<Self, MalformedKey> {
        let body = text.strip_prefix(PREFIX).ok_or(MalformedKey)?;
        let plain = body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if text.len() != LENGTH || !plain || body.as_bytes()[SHORT_ID] != b'_' {
            return Err(MalformedKey);
        }
        let (signed, sum) = text.split_at(LENGTH - CHECKSUM);
        if checksum(signed) == sum {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedKey)
        }
    }

    /// Whether a text holds what looks like a key, whole or cut, at any place.
    pub fn appears_in(text: &str) -> bool {
        text.match_indices(PREFIX).any(|(start, _)| {
            let body = &text.as_bytes()[start + PREFIX.len()..];
            // So much of the secret tells a key from a word that happens to begin as one.
            let looked_at = body.get(..SHORT_ID + 1 + SECRET / 2);
            looked_at.is_some_and(|body| {
                let (short_id, rest) = body.split_at(SHORT_ID);
                let (separator, secret) = rest.split_at(1);
                separator == b"_" && is_base62(short_id) && is_base62(secret)
            })
        })
    }

    /// How the text of every key of this short identifier begins: what may be shown of it.
    pub fn beginning(short_id: &str) -> String {
        format!("{PREFIX}{short_id}")
    }

    /// The part that is not secret: it finds the key's record and stands in logs and lists.
    pub fn short_id(&self) -> &str {
        &self.0[PREFIX.len()..PREFIX.len() + SHORT_ID]
    }

    /// What is stored.
    pub fn hash(&self) -> KeyHash {
        KeyHash(Sha512::digest(self.0.as_bytes()).into())
    }

    /// The whole secret text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Shows the short id alone.
impl fmt::Debug for KeyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyToken({}…)", self.short_id())
    }
}

/// The SHA-512 of a key's text: all that is stored of it.
#[derive(Clone, Copy)]
pub struct KeyHash([u8; 64]);

impl KeyHash {
    /// Takes a stored hash.
    pub fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// Compares in a time that tells nothing about where the two differ.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

/// A text is not a key: wrong shape or wrong checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an API key: keys look like cel_… with 62 characters, this one was perhaps cut")]
pub struct MalformedKey;

fn push_random(text: &mut String, count: usize, random: &dyn Random) {
    let mut pushed = 0;
    let mut buffer = [0; 64];
    while pushed < count {
        random.fill(&mut buffer);
        // 248 is the largest multiple of 62 in a byte: the rest is drawn again, so that no character is likelier.
        for byte in buffer
            .iter()
            .filter(|byte| **byte < 248)
            .take(count - pushed)
        {
            text.push(char::from(BASE62[usize::from(byte % 62)]));
            pushed += 1;
        }
    }
}

fn is_base62(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_alphanumeric)
}

fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededRandom;

    #[test]
    fn a_generated_key_has_the_documented_shape() {
        let token = KeyToken::generate(&SeededRandom::new(1));
        assert_eq!(token.reveal().len(), 62);
        assert!(token.reveal().starts_with("cel_"));
        let again = KeyToken::parse(token.reveal()).unwrap();
        assert!(again.hash().matches(&token.hash()));
        assert_eq!(
            format!("{token:?}"),
            format!("KeyToken({}…)", token.short_id())
        );
    }

    #[test]
    fn a_key_is_noticed_wherever_it_stands() {
        let token = KeyToken::generate(&SeededRandom::new(3));
        let key = token.reveal();
        for text in [
            key,
            &format!("?key={key}&x=1"),
            &key[..40],
            &format!("cel_{key}"),
        ] {
            assert!(KeyToken::appears_in(text), "{text}");
        }
        for text in [
            "",
            "cel_",
            "cel_tools",
            &key[..30],
            "cel_1234567é_",
            "q=cel_12345678-abc",
        ] {
            assert!(!KeyToken::appears_in(text), "{text}");
        }
    }

    #[test]
    fn a_cut_or_mistyped_key_is_refused_by_its_checksum() {
        let token = KeyToken::generate(&SeededRandom::new(2));
        let text = token.reveal();
        assert!(KeyToken::parse(&text[..text.len() - 1]).is_err());
        for position in [4, 12, 13, 30, text.len() - 1] {
            let mut mistyped: Vec<char> = text.chars().collect();
            mistyped[position] = if mistyped[position] == 'A' { 'B' } else { 'A' };
            let mistyped: String = mistyped.into_iter().collect();
            assert!(KeyToken::parse(&mistyped).is_err(), "{mistyped}");
        }
        for bad in ["", "cel_", "é".repeat(31).as_str(), "Bearer x"] {
            assert!(KeyToken::parse(bad).is_err(), "{bad:?}");
        }
    }
}
