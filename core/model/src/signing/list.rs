//! Listing keys that sign.

use crate::Context;
use crate::ports::CatalogError;
use crate::signing::SigningKeyRecord;

/// All keys that sign or have signed, the one in use first and then the newest, without their private parts. Anybody may
/// know them: that is what they are for.
pub async fn list_signing_keys(context: &Context) -> Result<Vec<SigningKeyRecord>, CatalogError> {
    context.catalog.signing_keys().await
}
