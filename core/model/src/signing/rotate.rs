//! Putting a new key into use.

use crate::Context;
use crate::access::{Action, Decision, Target, decide};
use crate::audit::Origin;
use crate::ports::CatalogError;
use crate::retry::Attempts;
use crate::signing::signer::replace;
use crate::signing::{InvalidSigningKey, KeyPair, SigningKeyRecord};

/// Makes a new key and puts it into use; the one before stays listed, and its private part is forgotten. Servers that run
/// sign with the new one from the next request on.
pub async fn rotate_signing_key(
    context: &Context,
    origin: &Origin,
) -> Result<SigningKeyRecord, RotateError> {
    match decide(
        context.access,
        &origin.actor,
        Action::ManageKeys,
        Target::registry(),
    ) {
        Decision::Allowed => {}
        decision => return Err(RotateError::NotAllowed(decision)),
    }
    let mut attempts = Attempts::default();
    loop {
        let rotated = rotate_once(context, origin).await;
        match &rotated {
            Err(RotateError::Catalog(CatalogError::Conflict)) if attempts.one_more() => {}
            _ => return rotated,
        }
    }
}

async fn rotate_once(context: &Context, origin: &Origin) -> Result<SigningKeyRecord, RotateError> {
    let mut transaction = context.catalog.begin().await?;
    let current = transaction.lock_signing_key().await?;
    if current
        .as_ref()
        .is_some_and(|current| current.private_key.is_none())
    {
        return Err(RotateError::InFile);
    }
    let pair = KeyPair::generate(context.random.as_ref())?;
    let new = SigningKeyRecord::in_catalogue(&pair, context.clock.now())?;
    replace(
        context,
        origin,
        transaction.as_mut(),
        current.as_ref(),
        &new,
    )
    .await?;
    transaction.commit().await?;
    Ok(new)
}

/// Why no new key was put into use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotateError {
    /// The caller may not do this.
    #[error("the caller may not do this")]
    NotAllowed(Decision),
    /// The key in use comes from a file.
    #[error(
        "the key in use lies in a file (signing.key_file): put another key there and start the servers anew"
    )]
    InFile,
    /// No key could be made.
    #[error(transparent)]
    Invalid(#[from] InvalidSigningKey),
    /// The catalogue could not be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
