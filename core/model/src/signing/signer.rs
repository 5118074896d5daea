//! Signing with the key in use.

use std::sync::{Arc, Mutex, PoisonError};

use crate::Context;
use crate::access::Actor;
use crate::audit::Origin;
use crate::ports::{CatalogError, Transaction};
use crate::retry::Attempts;
use crate::signing::{InvalidSigningKey, KeyPair, SigningKeyRecord};

/// Knows the key in use of a server.
#[derive(Debug, Default)]
pub struct Signer {
    file: Option<Arc<KeyPair>>,
    /// The key that was last read from the catalogue: to compute the public part again costs more than to ask which key is
    /// in use.
    last: Mutex<Option<Arc<KeyPair>>>,
}

impl Signer {
    /// With the key of a file, if the server is given one.
    pub fn new(file: Option<KeyPair>) -> Self {
        Self {
            file: file.map(Arc::new),
            last: Mutex::default(),
        }
    }

    /// Sees to it that there is a key in use, at the start of a server: that of the file, or else the one in the
    /// catalogue, which the first server makes.
    pub async fn prepare(&self, context: &Context) -> Result<(), SignerError> {
        let mut attempts = Attempts::default();
        loop {
            let prepared = self.prepare_once(context).await;
            match &prepared {
                Err(SignerError::Catalog(CatalogError::Conflict)) if attempts.one_more() => {}
                _ => return prepared,
            }
        }
    }

    async fn prepare_once(&self, context: &Context) -> Result<(), SignerError> {
        let mut transaction = context.catalog.begin().await?;
        let current = transaction.lock_signing_key().await?;
        let now = context.clock.now();
        let new = match (&self.file, &current) {
            (Some(file), Some(current)) if current.id == file.id() => return Ok(()),
            (None, Some(current)) if current.private_key.is_some() => return Ok(()),
            (Some(file), _) => SigningKeyRecord::in_file(file, now),
            (None, _) => {
                let pair = KeyPair::generate(context.random.as_ref())?;
                SigningKeyRecord::in_catalogue(&pair, now)?
            }
        };
        let origin = Origin {
            actor: Actor::System,
            address: None,
        };
        replace(
            context,
            &origin,
            transaction.as_mut(),
            current.as_ref(),
            &new,
        )
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Whether the key in use comes from a file.
    pub fn has_file(&self) -> bool {
        self.file.is_some()
    }

    /// The key in use at this moment. The catalogue is asked every time: a retired key must not sign any more.
    pub async fn key_in_use(&self, context: &Context) -> Result<Arc<KeyPair>, SignerError> {
        let current = context.catalog.signing_key().await?;
        let current = current.ok_or(SignerError::NoKey)?;
        let known = {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.iter()
                .chain(&self.file)
                .find(|key| key.id() == current.id)
                .map(Arc::clone)
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let private = current
            .private_key
            .ok_or(SignerError::InOtherFile { id: current.id })?;
        let pair = Arc::new(KeyPair::from_stored(&private)?);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(Arc::clone(&pair));
        Ok(pair)
    }
}

/// Puts a key into use in place of the one before.
pub(super) async fn replace(
    context: &Context,
    origin: &Origin,
    transaction: &mut dyn Transaction,
    current: Option<&SigningKeyRecord>,
    new: &SigningKeyRecord,
) -> Result<(), CatalogError> {
    if let Some(current) = current {
        transaction
            .retire_signing_key(&current.id, new.created_at)
            .await?;
    }
    transaction.insert_signing_key(new).await?;
    let retired = current.map(|current| current.id.clone());
    let event = origin
        .event(context, "signing-key.use", new.id.clone())
        .detail("retired", retired)
        .detail("inFile", new.private_key.is_none());
    transaction.append_audit(&event).await
}

/// Why nothing can be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// No server has prepared a key.
    #[error("there is no key to sign with: start a server, which makes one")]
    NoKey,
    /// Another server was given a key in a file, and this one was not.
    #[error(
        "the key in use ({id}) lies in a file that this server was not given: set signing.key_file on every server"
    )]
    InOtherFile {
        /// The key.
        id: String,
    },
    /// The key cannot be read or made.
    #[error(transparent)]
    Invalid(#[from] InvalidSigningKey),
    /// The catalogue could not be asked or written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
