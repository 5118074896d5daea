//! Telling the users of a version that they should take another one.

use crate::access::Action;
use crate::audit::Origin;
use crate::change::ChangeError;
use crate::change::begin::{Changing, begin};
use crate::read::ArtefactAddress;
use crate::{Context, Notice, Release};

/// Marks a version as deprecated, with what its users are told, or no longer so. Selectors find it all the same.
pub async fn deprecate_version(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    version: &str,
    notice: Option<&Notice>,
) -> Result<Release, ChangeError> {
    let mut begun = begin(context, origin, Action::Yank, address).await?;
    let release = set_deprecated(&mut begun.changing(), version, notice).await?;
    begun.commit().await?;
    Ok(release)
}

/// The same for many versions, which is one change of the artefact. Those that say so already stay as they are.
pub(super) async fn set_all_deprecated(
    changing: &mut Changing<'_>,
    versions: &[String],
    notice: Option<&Notice>,
) -> Result<(), ChangeError> {
    let mut any_changed = false;
    for version in versions {
        let mut release = changing.release(version).await?;
        any_changed |= mark(changing, &mut release, notice).await?;
    }
    if any_changed {
        changing.refresh().await?;
    }
    Ok(())
}

async fn set_deprecated(
    changing: &mut Changing<'_>,
    version: &str,
    notice: Option<&Notice>,
) -> Result<Release, ChangeError> {
    let mut release = changing.release(version).await?;
    if mark(changing, &mut release, notice).await? {
        changing.refresh().await?;
    }
    Ok(release)
}

/// Marks a version and notes it in the audit trail, unless it is marked so already. Whether it was not.
async fn mark(
    changing: &mut Changing<'_>,
    release: &mut Release,
    notice: Option<&Notice>,
) -> Result<bool, ChangeError> {
    let notice = notice.map(|notice| notice.as_str().to_owned());
    if release.version.deprecated == notice {
        return Ok(false);
    }
    release.version.deprecated = notice;
    let transaction = &mut *changing.transaction;
    transaction.update_version(&release.version).await?;
    let action = if release.version.deprecated.is_some() {
        "version.deprecate"
    } else {
        "version.undeprecate"
    };
    let event = changing.event(action, Some(&release.version.version));
    changing.transaction.append_audit(&event).await?;
    Ok(true)
}
