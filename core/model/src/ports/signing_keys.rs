//! The part of the catalogue that knows the keys which sign.

use async_trait::async_trait;

use crate::Timestamp;
use crate::ports::CatalogError;
use crate::signing::SigningKeyRecord;

/// Reading keys that sign.
#[async_trait]
pub trait SigningKeys {
    /// The key in use, with its private part if that is there.
    async fn signing_key(&self) -> Result<Option<SigningKeyRecord>, CatalogError>;

    /// All keys without their private parts: the one in use, then those that were retired last.
    async fn signing_keys(&self) -> Result<Vec<SigningKeyRecord>, CatalogError>;
}

/// Changing keys that sign, as part of a transaction.
#[async_trait]
pub trait SigningKeyChanges {
    /// Locks the key in use and gives it.
    async fn lock_signing_key(&mut self) -> Result<Option<SigningKeyRecord>, CatalogError>;

    /// Puts a key into use, also one that was retired; [`CatalogError::Conflict`] if another is in use.
    async fn insert_signing_key(&mut self, key: &SigningKeyRecord) -> Result<(), CatalogError>;

    /// Retires a key and forgets its private part.
    async fn retire_signing_key(&mut self, id: &str, now: Timestamp) -> Result<(), CatalogError>;
}
