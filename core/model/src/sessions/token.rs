//! Secrets that stand for somebody for a while: the token of a session, that of a set-up link.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cellier_sdk::InvalidDigest;
use sha2::{Digest as _, Sha256};

use crate::Random;

/// How many characters 256 bits have in base64 without padding.
const LENGTH: usize = 43;

/// A secret of 256 bits, written in the URL-safe base64 of RFC 4648. Only its [`TokenHash`] is stored.
#[derive(Clone)]
pub struct SessionToken(String);

impl SessionToken {
    /// A new one that nobody can guess.
    pub fn generate(random: &dyn Random) -> Self {
        let mut secret = [0; 32];
        random.fill(&mut secret);
        Self(URL_SAFE_NO_PAD.encode(secret))
    }

    /// Checks the shape; `None` if no token looks so.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (text.len() == LENGTH && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }

    /// What is stored. The secret has 256 bits, so a fast hash is enough, and looking for the hash tells nothing by the
    /// time it takes.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The whole secret text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// The SHA-256 of a token: all that is stored of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// In hexadecimal.
    pub fn to_hex(&self) -> String {
        cellier_sdk::Sha256::new(self.0).to_hex()
    }

    /// From hexadecimal.
    pub fn from_hex(text: &str) -> Result<Self, InvalidDigest> {
        let digest: cellier_sdk::Sha256 = text.parse()?;
        Ok(Self(*digest.as_bytes()))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededRandom;

    #[test]
    fn a_token_reads_back_and_is_never_shown() {
        let token = SessionToken::generate(&SeededRandom::new(1));
        let again = SessionToken::parse(token.reveal()).unwrap();
        assert_eq!(again.hash(), token.hash());
        assert_eq!(
            format!("{token:?} {:?}", token.hash()),
            "SessionToken(…) TokenHash(…)"
        );
        let other = SessionToken::generate(&SeededRandom::new(2));
        assert_ne!(token.hash(), other.hash());
    }

    #[test]
    fn what_has_another_shape_is_no_token() {
        let token = SessionToken::generate(&SeededRandom::new(3));
        for bad in ["", "x", &token.reveal()[1..], &"é".repeat(43)] {
            assert!(SessionToken::parse(bad).is_none(), "{bad:?}");
        }
    }
}
