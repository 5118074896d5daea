//! Deleting a version or a whole artefact; tombstones stay, so that a version never comes back with other bytes.

use crate::Context;
use crate::access::Action;
use crate::audit::Origin;
use crate::change::ChangeError;
use crate::change::begin::{Changing, begin};
use crate::read::ArtefactAddress;

/// Deletes a version. Its files are freed by the sweep.
pub async fn delete_version(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    version: &str,
) -> Result<(), ChangeError> {
    let mut begun = begin(context, origin, Action::Delete, address).await?;
    delete_one(&mut begun.changing(), version).await?;
    begun.commit().await
}

/// Deletes an artefact with all its versions, unless it has another revision than the caller saw.
pub async fn delete_artefact(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    seen_revision: Option<u64>,
) -> Result<(), ChangeError> {
    let mut begun = begin(context, origin, Action::Delete, address).await?;
    begun.changing().check_revision(seen_revision)?;
    delete_all(&mut begun.changing()).await?;
    begun.commit().await
}

pub(super) async fn delete_one(
    changing: &mut Changing<'_>,
    version: &str,
) -> Result<(), ChangeError> {
    let mut release = changing.release(version).await?;
    let now = changing.context.clock.now();
    let now = changing.artefact.time_of_change(now);
    release.version.deleted_at = Some(now);
    let transaction = &mut *changing.transaction;
    transaction.remove_tags_of(release.version.id).await?;
    transaction.delete_files(release.version.id, now).await?;
    transaction.update_version(&release.version).await?;
    changing.artefact.data_updated_at = now;
    let event = changing.event("version.delete", Some(&release.version.version));
    changing.finish(event).await
}

pub(super) async fn delete_all(changing: &mut Changing<'_>) -> Result<(), ChangeError> {
    let now = changing.context.clock.now();
    let now = changing.artefact.time_of_change(now);
    let id = changing.artefact.id;
    changing.transaction.delete_all_versions(id, now).await?;
    changing.artefact.deleted_at = Some(now);
    changing.artefact.data_updated_at = now;
    let event = changing.event("artefact.delete", None);
    changing.finish(event).await
}
