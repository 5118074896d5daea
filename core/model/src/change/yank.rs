//! Yanking a version and restoring it.

use crate::access::Action;
use crate::audit::Origin;
use crate::change::begin::{begin, exact_release, object};
use crate::change::{ChangeError, refresh_artefact};
use crate::read::ArtefactAddress;
use crate::{Context, Release};

/// Hides a version from every selector but the exact one. Tags that name it are removed. A second time changes nothing.
pub async fn yank_version(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    version: &str,
) -> Result<Release, ChangeError> {
    set_yanked(context, origin, address, version, true).await
}

/// Lets selectors find a yanked version again. A second time changes nothing.
pub async fn restore_version(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    version: &str,
) -> Result<Release, ChangeError> {
    set_yanked(context, origin, address, version, false).await
}

async fn set_yanked(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    version: &str,
    yanked: bool,
) -> Result<Release, ChangeError> {
    let (mut transaction, mut artefact) = begin(context, origin, Action::Yank, address).await?;
    let mut release = exact_release(transaction.as_mut(), &artefact, version).await?;
    if release.version.yanked_at.is_some() == yanked {
        return Ok(release);
    }
    let now = context.clock.now();
    release.version.yanked_at = yanked.then_some(now);
    transaction.update_version(&release.version).await?;
    if yanked {
        transaction.remove_tags_of(release.version.id).await?;
    }
    refresh_artefact(transaction.as_mut(), &mut artefact, now).await?;
    let action = if yanked {
        "version.yank"
    } else {
        "version.restore"
    };
    let event = origin.event(
        context,
        action,
        object(&artefact, Some(&release.version.version)),
    );
    transaction.append_audit(&event).await?;
    transaction.commit().await?;
    Ok(release)
}
