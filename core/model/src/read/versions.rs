//! Listing the versions of an artefact.

use cellier_sdk::OrderKey;

use crate::ports::{CatalogError, ReleasePage, ReleaseQuery};
use crate::{Artefact, Context, Release};

/// A page of the versions of an artefact that [`find_artefact`](crate::read::find_artefact) has given, newest first.
pub async fn versions_of(
    context: &Context,
    artefact: &Artefact,
    below: Option<OrderKey>,
    limit: u32,
) -> Result<ReleasePage, CatalogError> {
    let query = ReleaseQuery {
        artefact: artefact.id,
        line: None,
        stable_only: false,
        without_yanked: false,
        from: None,
        below,
        limit,
    };
    context.catalog.releases(&query).await
}

/// The version that an artefact shows: `latest`, or the newest that is not yanked if nothing stable is there.
pub async fn newest_release(
    context: &Context,
    artefact: &Artefact,
) -> Result<Option<Release>, CatalogError> {
    if let Some(latest) = &artefact.latest {
        return context.catalog.release(artefact.id, latest.as_str()).await;
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
    match page.releases.into_iter().next() {
        Some(newest) => {
            context
                .catalog
                .release(artefact.id, newest.version.version.as_str())
                .await
        }
        None => Ok(None),
    }
}
