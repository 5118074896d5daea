//! Passwords that are not hashed, so that a test need not wait.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use async_trait::async_trait;

use crate::accounts::Password;
use crate::ports::{PasswordHash, Passwords, PasswordsError, Verified};

/// Keeps passwords as they are, and counts how often it was asked.
#[derive(Debug, Default)]
pub struct PlainPasswords {
    scheme: AtomicU64,
    verifications: AtomicU32,
}

impl PlainPasswords {
    /// How many passwords were checked, right or wrong, of accounts that are there or not.
    pub fn verifications(&self) -> u32 {
        self.verifications.load(Ordering::Relaxed)
    }

    /// Makes every hash outdated that was made so far.
    pub fn change_scheme(&self) {
        self.scheme.fetch_add(1, Ordering::Relaxed);
    }

    fn mark(&self) -> String {
        format!("plain-{}:", self.scheme.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl Passwords for PlainPasswords {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordsError> {
        let text = String::from_utf8_lossy(password.as_bytes()).into_owned();
        Ok(PasswordHash::stored(self.mark() + &text))
    }

    async fn verify(
        &self,
        password: &Password,
        stored: Option<&PasswordHash>,
    ) -> Result<Verified, PasswordsError> {
        self.verifications.fetch_add(1, Ordering::Relaxed);
        let stored = stored.and_then(|stored| stored.as_str().split_once(':'));
        Ok(match stored {
            Some((scheme, text)) if text.as_bytes() == password.as_bytes() => {
                if self.mark().trim_end_matches(':') == scheme {
                    Verified::Right
                } else {
                    Verified::RightButOutdated
                }
            }
            _ => Verified::Wrong,
        })
    }
}
