//! Listing the versions of an artefact.

use std::sync::Arc;

use cellier_sdk::{OrderKey, Version};

use crate::ports::{CatalogError, ReleasePage, ReleaseQuery};
use crate::{Artefact, Context, Release};

/// A page of the versions of an artefact that [`find_artefact`](crate::read::find_artefact) has given, newest first.
pub async fn versions_of(
    context: &Context,
    artefact: &Artefact,
    below: Option<OrderKey>,
    limit: u32,
) -> Result<ReleasePage, CatalogError> {
    let query = all_of(artefact, below, limit);
    context.catalog.releases(&query).await
}

/// The same page with the details of all files.
pub async fn whole_versions_of(
    context: &Context,
    artefact: &Artefact,
    below: Option<OrderKey>,
    limit: u32,
) -> Result<ReleasePage, CatalogError> {
    let query = all_of(artefact, below, limit);
    context.catalog.whole_releases(&query).await
}

fn all_of(artefact: &Artefact, below: Option<OrderKey>, limit: u32) -> ReleaseQuery {
    ReleaseQuery {
        artefact: artefact.id,
        line: None,
        stable_only: false,
        without_yanked: false,
        from: None,
        below,
        limit,
    }
}

/// The version that an artefact shows: `latest`, or the newest that is not yanked if nothing stable is there.
pub async fn newest_release(
    context: &Context,
    artefact: &Artefact,
) -> Result<Option<Release>, CatalogError> {
    match newest_version(context, artefact).await? {
        Some(version) => context.catalog.release(artefact.id, version.as_str()).await,
        None => Ok(None),
    }
}

/// The same with the details left empty, which is all that a download needs.
pub async fn newest_release_briefly(
    context: &Context,
    artefact: &Artefact,
) -> Result<Option<Arc<Release>>, CatalogError> {
    match newest_version(context, artefact).await? {
        Some(version) => {
            let catalog = &context.catalog;
            catalog.brief_release(artefact.id, version.as_str()).await
        }
        None => Ok(None),
    }
}

async fn newest_version(
    context: &Context,
    artefact: &Artefact,
) -> Result<Option<Version>, CatalogError> {
    if let Some(latest) = &artefact.latest {
        return Ok(Some(latest.clone()));
    }
    let query = ReleaseQuery {
        artefact: artefact.id,
        line: None,
        stable_only: false,
        without_yanked: true,
        from: None,
        below: None,
        limit: 1,
    };
    let page = context.catalog.releases(&query).await?;
    let newest = page.releases.into_iter().next();
    Ok(newest.map(|release| release.version.version))
}
