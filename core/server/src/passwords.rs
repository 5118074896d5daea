//! Passwords, hashed slowly on purpose: Argon2id (RFC 9106).

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash as PhcHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use async_trait::async_trait;
use cellier_model::Random;
use cellier_model::accounts::Password;
use cellier_model::ports::{PasswordHash, Passwords, PasswordsError, Verified};
use tokio::sync::Semaphore;

/// Passwords that are hashed at the same time: each takes a core and much memory for a while.
const AT_ONCE: usize = 2;

/// Passwords that may wait for that; more are answered with "busy" at once.
const WAITING: usize = 32;

/// Hashes passwords with Argon2id, a few at a time, on threads that serve nobody else.
#[derive(Debug)]
pub(crate) struct SlowPasswords {
    params: Params,
    random: Arc<dyn Random>,
    working: Semaphore,
    admitted: Semaphore,
}

impl SlowPasswords {
    /// Takes `memory` bytes and `passes` passes over them for each password.
    pub(crate) fn new(
        memory: u64,
        passes: u32,
        random: Arc<dyn Random>,
    ) -> Result<Self, PasswordsError> {
        let kibibytes = u32::try_from(memory / 1024)
            .map_err(|error| PasswordsError::Failed(error.to_string()))?;
        let params = Params::new(kibibytes, passes, 1, None)
            .map_err(|error| PasswordsError::Failed(error.to_string()))?;
        Ok(Self {
            params,
            random,
            working: Semaphore::new(AT_ONCE),
            admitted: Semaphore::new(AT_ONCE + WAITING),
        })
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    /// Runs slow work when it is its turn; refuses at once when too many wait already.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordsError> + Send + 'static,
    ) -> Result<T, PasswordsError> {
        let _admitted = self
            .admitted
            .try_acquire()
            .map_err(|_too_many| PasswordsError::Busy)?;
        let _turn = self
            .working
            .acquire()
            .await
            .map_err(|closed| PasswordsError::Failed(closed.to_string()))?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| PasswordsError::Failed(error.to_string()))?
    }
}

#[async_trait]
impl Passwords for SlowPasswords {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordsError> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt);
        let (argon2, password) = (self.argon2(), password.clone());
        self.in_turn(move || {
            let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| PasswordHash::stored(hash.to_string()))
                .map_err(|error| PasswordsError::Failed(error.to_string()))
        })
        .await
    }

    async fn verify(
        &self,
        password: &Password,
        stored: Option<&PasswordHash>,
    ) -> Result<Verified, PasswordsError> {
        let Some(stored) = stored else {
            // The same work for nothing, so that time does not tell who has an account.
            self.hash(password).await?;
            return Ok(Verified::Wrong);
        };
        let argon2 = self.argon2();
        let (password, stored) = (password.clone(), stored.clone());
        self.in_turn(move || check(&argon2, &password, &stored))
            .await
    }
}

fn check(
    argon2: &Argon2<'_>,
    password: &Password,
    stored: &PasswordHash,
) -> Result<Verified, PasswordsError> {
    let failed = |problem: String| PasswordsError::Failed(format!("a stored hash: {problem}"));
    let stored = PhcHash::new(stored.as_str()).map_err(|error| failed(error.to_string()))?;
    let made_with = Params::try_from(&stored).map_err(|error| failed(error.to_string()))?;
    match argon2.verify_password(password.as_bytes(), &stored) {
        Ok(()) if is_outdated(argon2.params(), &made_with) => Ok(Verified::RightButOutdated),
        Ok(()) => Ok(Verified::Right),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verified::Wrong),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn is_outdated(wanted: &Params, made_with: &Params) -> bool {
    let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    costs(wanted) != costs(made_with)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemRandom;

    fn passwords(kibibytes: u64, passes: u32) -> SlowPasswords {
        SlowPasswords::new(kibibytes * 1024, passes, Arc::new(SystemRandom)).unwrap()
    }

    fn typed(text: &str) -> Password {
        Password::typed(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_told_from_another_and_its_hash_says_how_it_was_made() {
        let passwords = passwords(64, 1);
        let right = typed("correct horse battery");
        let hash = passwords.hash(&right).await.unwrap();
        let text = hash.as_str();
        assert!(text.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{text}");
        assert_ne!(hash, passwords.hash(&right).await.unwrap(), "salted");
        for (password, stored, expected) in [
            (&right, Some(&hash), Verified::Right),
            (&typed("wrong horse battery"), Some(&hash), Verified::Wrong),
            (&right, None, Verified::Wrong),
        ] {
            let verified = passwords.verify(password, stored).await.unwrap();
            assert_eq!(verified, expected);
        }
    }

    #[tokio::test]
    async fn a_hash_of_other_costs_is_right_and_outdated() {
        let right = typed("correct horse battery");
        let old = passwords(64, 1).hash(&right).await.unwrap();
        for newer in [passwords(128, 1), passwords(64, 2)] {
            let verified = newer.verify(&right, Some(&old)).await.unwrap();
            assert_eq!(verified, Verified::RightButOutdated);
        }
    }

    #[tokio::test]
    async fn a_stored_text_that_is_no_hash_lets_nobody_in() {
        for broken in ["", "plain", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ"] {
            let stored = PasswordHash::stored(broken);
            let verified = passwords(64, 1).verify(&typed("x"), Some(&stored)).await;
            let is_out = matches!(verified, Err(_) | Ok(Verified::Wrong));
            assert!(is_out, "{broken:?}: {verified:?}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_too_many_wait_the_next_is_refused_at_once() {
        let passwords = Arc::new(passwords(19 * 1024, 2));
        let many = (0..200).map(|_| {
            let passwords = Arc::clone(&passwords);
            tokio::spawn(async move { passwords.verify(&typed("x"), None).await })
        });
        let mut refused = 0;
        for one in many.collect::<Vec<_>>() {
            refused += u32::from(matches!(one.await.unwrap(), Err(PasswordsError::Busy)));
        }
        assert!(refused > 0 && refused < 200, "{refused}");
        let later = passwords.verify(&typed("x"), None).await;
        assert!(later.is_ok(), "and then goes on: {later:?}");
    }
}
