//! Yanking a version and restoring it.

use crate::access::Action;
use crate::audit::Origin;
use crate::change::ChangeError;
use crate::change::begin::{Changing, begin};
use crate::read::ArtefactAddress;
use crate::{Context, Release};

/// Hides a version from every selector but the exact one. Tags that name it are removed. A second time changes nothing.
pub async fn yank_version(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    version: &str,
) -> Result<Release, ChangeError> {
    let mut begun = begin(context, origin, Action::Yank, address).await?;
    let release = set_yanked(&mut begun.changing(), version, true).await?;
    begun.commit().await?;
    Ok(release)
}

/// Lets selectors find a yanked version again. A second time changes nothing.
pub async fn restore_version(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    version: &str,
) -> Result<Release, ChangeError> {
    let mut begun = begin(context, origin, Action::Yank, address).await?;
    let release = set_yanked(&mut begun.changing(), version, false).await?;
    begun.commit().await?;
    Ok(release)
}

pub(super) async fn set_yanked(
    changing: &mut Changing<'_>,
    version: &str,
    yanked: bool,
) -> Result<Release, ChangeError> {
    let mut release = changing.release(version).await?;
    if release.version.yanked_at.is_some() == yanked {
        return Ok(release);
    }
    let now = changing.context.clock.now();
    release.version.yanked_at = yanked.then_some(now);
    changing
        .transaction
        .update_version(&release.version)
        .await?;
    if yanked {
        changing
            .transaction
            .remove_tags_of(release.version.id)
            .await?;
    }
    let action = if yanked {
        "version.yank"
    } else {
        "version.restore"
    };
    let event = changing.event(action, Some(&release.version.version));
    changing.finish(event).await?;
    Ok(release)
}
