//! Passwords as people type and choose them.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::accounts::AccountName;

const SHORTEST: usize = 12;
const LONGEST: usize = 1024;

/// What people choose when they are asked for twelve characters and want to be done with it. The list only stops the
/// worst; that guessing is slow is the throttle's task.
const SILLY: [&str; 18] = [
    "administrator",
    "changemechangeme",
    "changeme1234",
    "iloveyou1234",
    "letmeinletmein",
    "motdepasse12",
    "motdepasse123",
    "motdepasse1234",
    "passwd123456",
    "passwordpassword",
    "password1234",
    "password12345",
    "password123456",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdfgh",
    "superadmin123",
    "welcome12345",
];

/// A password, in the one form that Unicode has for what was typed (NFKC): the same keys on another system give the same
/// password.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// What somebody typed to be let in. `None` if it is longer than any password may be.
    pub fn typed(text: &str) -> Option<Self> {
        (text.len() <= LONGEST).then(|| Self(text.nfkc().collect()))
    }

    /// What somebody chose for the account of this name.
    pub fn chosen(text: &str, name: &AccountName) -> Result<Self, WeakPassword> {
        if text.len() < SHORTEST || text.len() > LONGEST {
            return Err(WeakPassword::Length { found: text.len() });
        }
        let plain = text.to_lowercase();
        let mut characters = plain.chars().collect::<Vec<_>>();
        characters.sort_unstable();
        characters.dedup();
        let says_the_name = plain.replace(name.as_str(), "").chars().count() < 4;
        if SILLY.contains(&plain.as_str()) || is_row(&plain) || characters.len() < 5 {
            return Err(WeakPassword::Silly);
        }
        if plain.contains(name.as_str()) && says_the_name {
            return Err(WeakPassword::IsTheName);
        }
        Ok(Self(text.nfkc().collect()))
    }

    /// The bytes to be hashed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Whether every character follows the one before it: `123456789012`, `abcdefghijkl`.
fn is_row(text: &str) -> bool {
    let follows = |pair: &[u8]| {
        let wraps = (pair[0], pair[1]) == (b'9', b'0');
        pair[1] == pair[0].wrapping_add(1) || wraps
    };
    text.is_ascii() && text.as_bytes().windows(2).all(follows)
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// It is too short or too long.
    #[error(
        "a password has {SHORTEST} to {LONGEST} bytes, this one has {found}: several words make a good one"
    )]
    Length {
        /// How many bytes it has.
        found: usize,
    },
    /// It is hardly more than the name of the account.
    #[error("the password is the name of the account: choose another one")]
    IsTheName,
    /// It is among the first that anybody would try.
    #[error(
        "the password is among the first that anybody would try: choose another one, such as several words"
    )]
    Silly,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<Password, WeakPassword> {
        Password::chosen(text, &AccountName::parse("anna-of-acme").unwrap())
    }

    #[test]
    fn several_words_are_a_good_password() {
        for good in [
            "correct horse battery",
            "Straße über den Fluß",
            "地図と葡萄酒の倉",
            "xK2#vvq9!mmPQ",
        ] {
            assert!(choose(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_everybody_would_try_first_is_refused() {
        let length = |found| Err(WeakPassword::Length { found });
        assert_eq!(choose("short"), length(5));
        assert_eq!(choose(&"long".repeat(400)), length(1600));
        for silly in [
            "Password1234",
            "123456789012",
            "abcdefghijklm",
            "aaaaaaaaaaaaaa",
            "abababababab",
        ] {
            assert_eq!(choose(silly), Err(WeakPassword::Silly), "{silly}");
        }
        for name in ["anna-of-acme", "Anna-of-Acme1!"] {
            assert_eq!(choose(name), Err(WeakPassword::IsTheName), "{name}");
        }
    }

    #[test]
    fn the_same_keys_on_another_system_give_the_same_password() {
        let composed = "caf\u{e9} au lait noir";
        let decomposed = "cafe\u{301} au lait noir";
        assert_eq!(choose(composed).unwrap(), choose(decomposed).unwrap());
        assert_eq!(
            Password::typed(composed).unwrap(),
            choose(decomposed).unwrap()
        );
        assert_eq!(Password::typed(&"x".repeat(1025)), None);
        assert_eq!(
            format!("{:?}", choose(composed).unwrap()),
            "Password(…)",
            "it is never shown"
        );
    }
}
